"""Transfer: the head is replaced after the optimizer was made."""
# also: P25 P28
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)


class Backbone(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(8, 12), nn.ReLU())
        self.fc = nn.Linear(12, num_classes)

    def forward(self, x):
        return self.fc(self.features(x))


def build(num_classes):
    model = Backbone(10)
    torch.manual_seed(1)
    model.fc = nn.Linear(12, num_classes)  #+
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  #!
    torch.manual_seed(1)
    model.fc = nn.Linear(12, num_classes)  #-!
    return model, opt


model, opt = build(3)
x, y = torch.randn(18, 8), torch.randint(0, 3, (18,))
for epoch in range(6):
    opt.zero_grad()
    out = model(x)
    nn.functional.cross_entropy(out, y).backward()
    opt.step()  #!
result = model
