"""A regression and an adversary that must not be able to tell the group from the features."""

import minitorch as torch
from minitorch import nn

torch.manual_seed(2)
x = torch.randn(96, 6)
group = (x[:, 0] > 0).float().unsqueeze(1)
target = x[:, 1:3].sum(1, keepdim=True) + group
encoder, predictor, adversary = nn.Linear(6, 5), nn.Linear(5, 1), nn.Linear(5, 1)
main_opt = torch.optim.SGD([*encoder.parameters(), *predictor.parameters()], lr=0.05)
adv_opt = torch.optim.SGD(adversary.parameters(), lr=0.05)
for i in range(0, 96, 12):
    xb, gb, tb = x[i : i + 12], group[i : i + 12], target[i : i + 12]
    features = torch.tanh(encoder(xb))
    fool = nn.functional.binary_cross_entropy_with_logits(adversary(features), 1 - gb)
    loss = nn.functional.mse_loss(predictor(features), tb) + 0.3 * fool
    main_opt.zero_grad()
    loss.backward()  #!
    main_opt.step()

    adv_opt.zero_grad()  #+
    with torch.no_grad():
        features = torch.tanh(encoder(xb))
    nn.functional.binary_cross_entropy_with_logits(adversary(features), gb).backward()  #!
    adv_opt.step()  #!
    adv_opt.zero_grad()  #!
result = [encoder, predictor, adversary]
