"""The h₁ of exercises/vietai/exercise2.yaml by PyTorch, for comparison of times and digits; `startup.py` runs it.

The matrices U are 2×3 on the slide and cannot be used; they multiply h₀ = 0, so zeros of the right size stand here.
"""

import torch

lstm = torch.nn.LSTM(3, 2, dtype=torch.float64)
W_i, W_f = [[0, 2, 5], [3, -4, 1]], [[1, -2, 5], [5, 5, 0]]
W_c, W_o = [[-2, 0, 1], [5, 1, 8]], [[1, 2, 1], [0, -1, 3]]
with torch.no_grad():
    lstm.weight_ih_l0.copy_(torch.tensor([*W_i, *W_f, *W_c, *W_o]))
    lstm.weight_hh_l0.zero_()
    lstm.bias_ih_l0.copy_(torch.tensor([5, 2] * 4))
    lstm.bias_hh_l0.zero_()
    h, _ = lstm(torch.tensor([[2.0, 3.0, -1.0]], dtype=torch.float64))
print(h[0].tolist())
