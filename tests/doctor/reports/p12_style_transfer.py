"""Style transfer by L-BFGS; the closure does not clear the image's gradient."""
import minitorch as torch
from minitorch import nn
from minitorch.nn import functional as F

torch.manual_seed(0)
features = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
features.requires_grad_(False)


def gram(f):
    b, c, h, w = f.shape
    g = f.reshape(c, h * w)
    return g @ g.T / (c * h * w)


content, style = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)
content_f, style_g = features(content), gram(features(style))
image = content.clone().requires_grad_(True)
optimizer = torch.optim.LBFGS([image], max_iter=4)
run = [0]
while run[0] < 12:

    def closure():
        with torch.no_grad():
            image.clamp_(0, 1)
        optimizer.zero_grad()  #+
        f = features(image)
        loss = F.mse_loss(f, content_f) + 50 * F.mse_loss(gram(f), style_g)
        loss.backward()  #!
        run[0] += 1
        return loss

    optimizer.step(closure)  #!
result = image
