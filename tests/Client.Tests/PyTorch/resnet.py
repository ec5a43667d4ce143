"""What real PyTorch makes of exported models; written from the papers and PyTorch's documentation, not from MMOrleans' code.

  resnet.py logits IMAGES MODEL...   classifies images by each model; writes MODEL.logits, float32 [N, classes]
  resnet.py save OUT MODEL           loads a model and saves it as PyTorch does, once plainly and once oddly
  resnet.py publish OUT MODEL        loads a model and saves it as published training code does, in several ways

A MODEL is a .pt or .safetensors file with its model.json beside it. IMAGES are bytes [N, 3, height, width].
"""

import json
import os
import struct
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.new = stride, outputs - inputs

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride != 1 or self.new != 0:  # option A: no parameters
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.new // 2, self.new // 2))
        return F.relu(x + y)


class NormedLinear(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(features, classes))

    def forward(self, x):
        return F.normalize(x, dim=1).mm(F.normalize(self.weight, dim=0))


class ResNet(nn.Module):
    def __init__(self, depth, head, classes):
        super().__init__()
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self._stage(16, 16, blocks, 1)
        self.layer2 = self._stage(16, 32, blocks, 2)
        self.layer3 = self._stage(32, 64, blocks, 2)
        if head == "normalised":
            self.linear = NormedLinear(64, classes)
        else:
            self.linear = nn.Linear(64, classes, bias=head != "unbiased")

    @staticmethod
    def _stage(inputs, outputs, blocks, stride):
        layers = [Block(inputs, outputs, stride)]
        layers += [Block(outputs, outputs, 1) for _ in range(blocks - 1)]
        return nn.Sequential(*layers)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(F.avg_pool2d(x, x.shape[3]).flatten(1))


def safetensors(path):
    """The published format by itself: eight bytes of header length, JSON, data."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    types = {"F32": numpy.float32, "F64": numpy.float64, "I64": numpy.int64}
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = numpy.frombuffer(data[8 + length + begin : 8 + length + end], types[entry["dtype"]])
            tensors[name] = torch.from_numpy(values.copy().reshape(entry["shape"]))
    return tensors


def load(model_path):
    with open(os.path.join(os.path.dirname(model_path), "model.json")) as file:
        card = json.load(file)
    if model_path.endswith(".pt"):
        state = torch.load(model_path)
        careful = torch.load(model_path, weights_only=True)  # PyTorch's own closed list of instructions
        assert all(torch.equal(state[name], careful[name]) for name in state)
    else:
        state = safetensors(model_path)
    depth = int(card["architecture"].replace("resnet", ""))
    network = ResNet(depth, card["head"], len(card["classes"]))
    network.load_state_dict(state, strict=True)
    return network.eval(), card["input"]


def logits(images_path, *model_paths):
    for path in model_paths:
        network, entry = load(path)
        shape = (-1, entry["channels"], entry["height"], entry["width"])
        images = torch.from_numpy(numpy.fromfile(images_path, numpy.uint8).reshape(shape))
        mean = torch.tensor(entry["mean"]).view(1, -1, 1, 1)
        deviation = torch.tensor(entry["standard_deviation"]).view(1, -1, 1, 1)
        with torch.no_grad():
            rows = [network((batch.float() / 255 - mean) / deviation) for batch in images.split(250)]
        torch.cat(rows).numpy().astype("<f4").tofile(path + ".logits")


def save(out_path, model_path):
    network, _ = load(model_path)
    torch.save(network.state_dict(), out_path + "/plain.pt")
    # Channels last, all parameters as views of one vector, and parameters rather than tensors.
    odd = dict(network.named_parameters())
    odd["conv1.weight"] = network.conv1.weight.detach().contiguous(memory_format=torch.channels_last)
    names = [name for name in odd if name.startswith("layer1")]
    flat = torch.cat([odd[name].detach().flatten() for name in names])
    offset = 0
    for name in names:
        size = odd[name].numel()
        odd[name] = flat[offset : offset + size].view(odd[name].shape)
        offset += size
    torch.save(odd, out_path + "/odd.pt")


def publish(out_path, model_path):
    import argparse

    network, _ = load(model_path)
    optimiser = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9)
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimiser.step()  # so that it has a state
    network, _ = load(model_path)
    state = network.state_dict()
    wrapped = {"module." + name: tensor for name, tensor in state.items()}
    checkpoint = {
        "epoch": 200,
        "arch": "resnet32",
        "state_dict": wrapped,
        "best_acc1": torch.tensor(78.5),
        "mean": numpy.float64(0.5),
        "args": argparse.Namespace(lr=0.1, gpu=None, milestones=[160, 180], device=torch.device("cpu")),
        "optimizer": optimiser.state_dict(),
        "classes": {"airplane", "bird"},
    }
    for name, format in (("zip", True), ("legacy", False)):
        torch.save(checkpoint, f"{out_path}/{name}.pth.tar", _use_new_zipfile_serialization=format)
        torch.save(state, f"{out_path}/{name}-plain.pth", _use_new_zipfile_serialization=format)
        for key in ("model", "model_state_dict", "net"):
            torch.save({key: state, "epoch": 3}, f"{out_path}/{name}-{key}.pt", _use_new_zipfile_serialization=format)
        compiled = {"_orig_mod.module." + key: tensor for key, tensor in state.items()}
        torch.save(compiled, f"{out_path}/{name}-compiled.pt", _use_new_zipfile_serialization=format)
        for kind in (torch.float16, torch.bfloat16, torch.float64):
            turned = {key: tensor.to(kind) if tensor.is_floating_point() else tensor for key, tensor in state.items()}
            word = str(kind).split(".")[1]
            torch.save({"state_dict": turned}, f"{out_path}/{name}-{word}.pth", _use_new_zipfile_serialization=format)
        torch.save(network, f"{out_path}/{name}-module.pt", _use_new_zipfile_serialization=format)
        torch.save({"net": {f"features.{key}": tensor for key, tensor in state.items()}}, f"{out_path}/{name}-names.pt", _use_new_zipfile_serialization=format)


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"logits": logits, "save": save, "publish": publish}[sys.argv[1]](*sys.argv[2:])
