import minitorch as torch
from minitorch import nn, optim
from minitorch.utils.data import DataLoader, TensorDataset

images = torch.randn(36, 1, 6, 6)
labels = (images.mean(dim=(1, 2, 3)) > 0).long()
loaders = {
    "train": DataLoader(TensorDataset(images[:24], labels[:24]), batch_size=8),
    "val": DataLoader(TensorDataset(images[24:], labels[24:]), batch_size=6),
}
model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 2))
optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(2):
    for phase in ["train", "val"]:
        model.train(phase == "train")  #+
        hits = 0
        for x, y in loaders[phase]:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = model(x)  #!
                loss = nn.functional.cross_entropy(outputs, y)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
            hits += (outputs.argmax(1) == y).sum().item()
result = [model[1].running_mean, hits]
