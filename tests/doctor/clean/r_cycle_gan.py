"""CycleGAN: two generators in one optimizer, two discriminators in theirs, an image pool, frozen in turn."""
import itertools
import random

import minitorch as torch
from minitorch import nn

torch.manual_seed(0)
random.seed(0)
gab, gba = nn.Linear(4, 4), nn.Linear(4, 4)
da, db = nn.Linear(4, 1), nn.Linear(4, 1)
og = torch.optim.Adam(itertools.chain(gab.parameters(), gba.parameters()), lr=1e-3)
oda, odb = torch.optim.Adam(da.parameters(), lr=1e-3), torch.optim.Adam(db.parameters(), lr=1e-3)
mse, l1 = nn.MSELoss(), nn.L1Loss()
pools = {"a": [], "b": []}


def query(pool, image):
    pool.append(image.detach())
    return random.choice(pool[-4:])


def d_step(opt, d, real, fake):
    opt.zero_grad()
    p_real, p_fake = d(real), d(fake)
    loss = 0.5 * (mse(p_real, torch.ones_like(p_real)) + mse(p_fake, torch.zeros_like(p_fake)))
    loss.backward()
    opt.step()


for _ in range(6):
    a, b = torch.randn(5, 4), torch.randn(5, 4) + 1
    og.zero_grad()
    fb, fa = gab(a), gba(b)
    loss = mse(db(fb), torch.ones(5, 1)) + mse(da(fa), torch.ones(5, 1)) + 10 * (l1(gba(fb), a) + l1(gab(fa), b))
    loss.backward()
    og.step()
    d_step(oda, da, a, query(pools["a"], fa))
    d_step(odb, db, b, query(pools["b"], fb))
