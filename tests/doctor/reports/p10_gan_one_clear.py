"""A GAN that clears each net after its own step: the generator's loss stays in the discriminator."""
# also: P01 P09
import minitorch as torch
import minitorch.nn as nn

torch.manual_seed(0)
nz = 4


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(nz, 16), nn.ReLU(True), nn.Linear(16, 8), nn.Tanh())

    def forward(self, z):
        return self.main(z)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1), nn.Sigmoid())

    def forward(self, x):
        return self.main(x).view(-1)


netG, netD = Generator(), Discriminator()
criterion = nn.BCELoss()
optimizerD = torch.optim.Adam(netD.parameters(), lr=2e-3, betas=(0.5, 0.999))
optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.999))
real_label, fake_label = 1.0, 0.0
for i in range(8):
    netD.zero_grad()  #+
    real = torch.randn(10, 8)
    label = torch.full((10,), real_label)
    errD_real = criterion(netD(real), label)
    errD_real.backward()  #!
    fake = netG(torch.randn(10, nz))
    label.fill_(fake_label)
    errD_fake = criterion(netD(fake.detach()), label)
    errD_fake.backward()  #!
    optimizerD.step()  #!
    netD.zero_grad()  #-!

    netG.zero_grad()
    label = torch.full((10,), real_label)
    errG = criterion(netD(fake), label)
    errG.backward()  #!
    optimizerG.step()
result = [*netG.parameters(), *netD.parameters()]
