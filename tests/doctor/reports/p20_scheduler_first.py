"""The scheduler is stepped at the top of each epoch, as was right long ago."""
import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Conv1d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [1, 3], gamma=0.1)
batches = [(torch.randn(4, 1, 8), torch.randint(0, 2, (4,))) for _ in range(3)]


def train_model(num_epochs=4):
    for epoch in range(num_epochs):
        for phase in ["train", "val"]:
            if phase == "train":
                scheduler.step()  #-!
                model.train()
            else:
                model.eval()
            for inputs, labels in batches:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    loss = nn.functional.cross_entropy(model(inputs), labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()  #!
            if phase == "train":  #+
                scheduler.step()  #+


train_model()
result = model
