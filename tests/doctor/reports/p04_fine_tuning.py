"""Fine-tuning in the style of a question-answering script: cleared in each micro-batch, stepped each fourth."""
from types import SimpleNamespace

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
args = SimpleNamespace(gradient_accumulation_steps=4, lr=5e-3, num_train_epochs=2, max_grad_norm=1.0)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 8)
        self.layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, dropout=0.0, batch_first=True)
        self.classifier = nn.Linear(8, 2)

    def forward(self, ids, labels=None):
        hidden = self.layer(self.emb(ids)).mean(1)
        logits = self.classifier(hidden)
        return nn.functional.cross_entropy(logits, labels), logits


ids = torch.randint(0, 20, (32, 5))
labels = (ids[:, 0] > 10).long()
train_dataloader = DataLoader(TensorDataset(ids, labels), batch_size=4)
model = Encoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
global_step, tr_loss = 0, 0.0
for _ in range(args.num_train_epochs):
    for step, batch in enumerate(train_dataloader):
        model.train()
        model.zero_grad()  #-!
        loss = model(batch[0], labels=batch[1])[0]
        if args.gradient_accumulation_steps > 1:
            loss = loss / args.gradient_accumulation_steps
        loss.backward()  #!
        tr_loss += loss.item()
        if (step + 1) % args.gradient_accumulation_steps == 0:
            nn.utils.clip_grad_norm_(model.parameters(), args.max_grad_norm)
            optimizer.step()  #!
            model.zero_grad()  #+
            global_step += 1
result = model
