import minitorch as torch
from minitorch import nn, optim


class Bag(nn.Module):
    def __init__(self, words, dim=8):
        super().__init__()
        self.embedding = nn.Embedding(words, dim)
        self.out = nn.Linear(dim, 2)

    def forward(self, tokens):
        return self.out(self.embedding(tokens).mean(dim=1))

    def grow(self, more):
        """Makes room for more words."""
        old = self.embedding.weight.detach()
        self.embedding.weight = nn.Parameter(torch.cat([old, torch.randn(more, old.shape[1]) * 0.1]))  #!


class Learner:
    def __init__(self, model):
        self.model = model
        self.optimizer = optim.AdamW(model.parameters(), lr=0.02)  #!

    def fit(self, tokens, labels, steps):
        for _ in range(steps):
            self.optimizer.zero_grad()
            nn.functional.cross_entropy(self.model(tokens), labels).backward()
            self.optimizer.step()


tokens, labels = torch.randint(0, 30, (16, 6)), torch.randint(0, 2, (16,))
bag = Bag(20)
learner = Learner(bag)
bag.grow(10)
learner = Learner(bag)  #+
learner.fit(tokens, labels, 6)
result = bag
