"""One rank of PyTorch's gloo all-reduce, for the averaging benchmark between two machines.

    python3 gloo_rank.py --rank 0 --workers 2 --master 10.0.0.1:29500 --interface eth0 --repeats 15 --elements 464154 2500000

Rank 0 prints one JSON line a size, as the peers between processes of one machine do.
"""
import argparse
import json
import os
import statistics
import time

import torch
import torch.distributed as dist

parser = argparse.ArgumentParser()
parser.add_argument("--rank", type=int, required=True)
parser.add_argument("--workers", type=int, required=True)
parser.add_argument("--master", required=True)
parser.add_argument("--interface", required=True)
parser.add_argument("--repeats", type=int, default=15)
parser.add_argument("--elements", type=int, nargs="+", required=True)
args = parser.parse_args()

os.environ["GLOO_SOCKET_IFNAME"] = args.interface
torch.set_num_threads(1)
dist.init_process_group("gloo", init_method="tcp://" + args.master, rank=args.rank, world_size=args.workers)
for elements in args.elements:
    vector = torch.randn(elements)
    for _ in range(3):
        dist.all_reduce(vector)
        vector.div_(args.workers)
    times = []
    for _ in range(args.repeats):
        dist.barrier()
        start = time.perf_counter()
        dist.all_reduce(vector)
        vector.div_(args.workers)
        times.append(time.perf_counter() - start)
    if args.rank == 0:
        print(json.dumps({"elements": elements, "median_s": statistics.median(times)}), flush=True)
dist.barrier()
