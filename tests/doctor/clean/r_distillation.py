"""Knowledge distillation from a teacher trained in the same process, soft and hard targets."""
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(24, 5)
y = x[:, :3].argmax(1)
teacher = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))
opt = torch.optim.Adam(teacher.parameters(), lr=1e-2)
for _ in range(6):
    opt.zero_grad()
    F.cross_entropy(teacher(x), y).backward()
    opt.step()
teacher.eval()
student = nn.Linear(5, 3)
opt = torch.optim.SGD(student.parameters(), lr=0.3)
T = 3.0
for _ in range(8):
    with torch.no_grad():
        soft = F.softmax(teacher(x) / T, dim=1)
    out = student(x)
    kd = F.kl_div(F.log_softmax(out / T, dim=1), soft, reduction="batchmean") * T * T
    loss = 0.7 * kd + 0.3 * F.cross_entropy(out, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
