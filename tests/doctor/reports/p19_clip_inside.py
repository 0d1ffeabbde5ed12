"""Clipping is next to the backward pass, within the accumulation."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Learner:
    def __init__(self):
        self.model = nn.LSTM(3, 6, batch_first=True)
        self.head = nn.Linear(6, 1)
        self.params = list(self.model.parameters()) + list(self.head.parameters())
        self.opt = torch.optim.Adam(self.params, lr=1e-2)

    def loss(self, seq, target):
        out, _ = self.model(seq)
        return nn.functional.l1_loss(self.head(out[:, -1]), target)

    def run(self, data, every=3):
        for n, (seq, target) in enumerate(data, start=1):
            (self.loss(seq, target) * 5 / every).backward()  #!
            torch.nn.utils.clip_grad_norm_(self.params, 0.1)  #-!
            if n % every == 0:
                torch.nn.utils.clip_grad_norm_(self.params, 0.1)  #+
                self.opt.step()  #!
                self.opt.zero_grad()


learner = Learner()
learner.run([(torch.randn(4, 5, 3), torch.randn(4, 1)) for _ in range(12)])
result = learner.params
