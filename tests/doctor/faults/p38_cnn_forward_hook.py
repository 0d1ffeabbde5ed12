import minitorch as torch
from minitorch import nn, optim

activations = []


def grab(module, inputs, output):
    activations.append(float(output.detach().mean()))


def train_step(net, opt, x, y):
    handle = net.conv.register_forward_hook(grab)  #!
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    handle.remove()  #+
    return loss.item()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 3), nn.Linear(32, 2)

    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).flatten(1))


net = Net()
opt = optim.Adam(net.parameters())
for i in range(6):
    train_step(net, opt, torch.randn(4, 1, 6, 6), torch.randint(0, 2, (4,)))
result = [float(len(activations))]
