#!/bin/sh
# Install what paints pictures by diffusion: torch's CUDA build where there is an NVIDIA GPU, its CPU build elsewhere, never
# gigabytes of CUDA for nothing. Where neither can be had, pictures are drawn by the painter that needs no torch.
set -u
constraints=$(dirname "$0")/../constraints.txt
torch=$(grep '^torch==' "$constraints")

if python -c 'import torch' 2>/dev/null; then
    :
elif command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1; then
    echo "Installing torch for your GPU …"
    uv pip install --torch-backend=auto "$torch" || exit 0
else
    echo "Installing torch for the CPU …"
    python -m pip install --quiet "$torch+cpu" 2>/dev/null || uv pip install --quiet --torch-backend=cpu "$torch" 2>/dev/null || {
        echo "torch's CPU build cannot be had here; pictures are drawn without it."
        exit 0
    }
fi
# torch is there: nothing below may fetch another build of it.
uv pip install -c "$constraints" diffusers transformers accelerate safetensors ftfy vtracer
