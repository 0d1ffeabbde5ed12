"""zero_grad is named, not called."""
import minitorch as torch
import minitorch.nn as nn
import minitorch.nn.functional as F

torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.fc1 = nn.Linear(4 * 6 * 6, 5)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        return self.fc1(x.view(-1, 4 * 6 * 6))


net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
trainset = torch.utils.data.TensorDataset(torch.randn(24, 1, 8, 8), torch.randint(0, 5, (24,)))
trainloader = torch.utils.data.DataLoader(trainset, batch_size=4, shuffle=True)

for epoch in range(2):
    running_loss = 0.0
    for i, data in enumerate(trainloader, 0):
        inputs, labels = data
        optimizer.zero_grad  #-!
        optimizer.zero_grad()  #+
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()  #!
        optimizer.step()  #!
        running_loss += loss.item()
result = net
