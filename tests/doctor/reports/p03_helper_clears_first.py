"""A helper that clips and steps, and clears at its beginning."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(2)


class Stepper:
    def __init__(self, params, opt, max_norm=1.0):
        self.params, self.opt, self.max_norm = list(params), opt, max_norm

    def __call__(self, loss):
        loss.backward()
        return self.apply()

    def apply(self):
        self.opt.zero_grad(set_to_none=False)  #-!
        norm = nn.utils.clip_grad_norm_(self.params, self.max_norm)
        self.opt.step()  #!
        self.opt.zero_grad(set_to_none=False)  #+
        return norm


emb = nn.Embedding(9, 4)
gru = nn.GRU(4, 8, batch_first=True)
head = nn.Linear(8, 9)
params = [*emb.parameters(), *gru.parameters(), *head.parameters()]
step = Stepper(params, torch.optim.SGD(params, lr=0.5))
tokens = torch.randint(0, 9, (6, 7))
for _ in range(6):
    out, _h = gru(emb(tokens[:, :-1]))
    loss = nn.functional.cross_entropy(head(out).reshape(-1, 9), tokens[:, 1:].reshape(-1))
    step(loss)
result = params
