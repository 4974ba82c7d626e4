"""The networks' released weights in, the ONNX files that ship out.

    python weights.py mn04 --from ../../../shared/training/teachers/efficientat_mn04.onnx --to ../segue-ear-4
    python weights.py fcn --from sota-music-tagging-models/models/msd/fcn/best_model.pth --to ../segue-ear-4
    python weights.py musicnn --from ../../../shared/training/teachers/msd_musicnn.onnx --to ../segue-ear-4-fine

Every file has the input `mel` and the outputs `embedding` and `tags` (logits). An embedding is what the network has before
its last layer, and beside it the mean of earlier layers over the patch: those know less of what a sound means and more of how it
sounds, and cost nothing. What a network computes stays; only what is never used is left out:

- half of the FCN's filters in its second layer, and a third in its first, were driven to zero by weight decay (values of
  1e-39, which also cost a processor a hundred times the usual). They are cut;
- the FCN takes 29 s and shrinks time by 1280; here it takes 10 s (626 frames), and its fourth pooling goes in steps of 2 of its 5 places, so that
  nothing at the end of a patch is lost.

Weights lie in half precision and compute in single.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET, IR_VERSION = 17, 8  # read by every onnxruntime since 1.13
HALF_FROM = 1000  # tensors of more weights ship in half precision
MN04_LAYERS = ("Add_129", "Add_153", "Add_200", "Add_247")  # ends of blocks 6, 8, 10, 12
FCN_LAYERS = (2, 3, 4)
FCN_POOLS = (((2, 4), (2, 4)), ((2, 4), (2, 4)), ((2, 4), (2, 4)), ((3, 5), (3, 2)), ((4, 1), (4, 1)))  # size, step


def statistics_of(name, axes):
    """Nodes that make the mean and the standard deviation of a layer over a patch."""
    mean, square, of_square, squared, variance, positive, deviation = (f"{name}.{part}" for part in ("mean", "square", "mean_square", "squared_mean", "variance", "positive", "std"))
    reduce = {"axes": axes, "keepdims": 0}
    return [
        helper.make_node("ReduceMean", [name], [mean], **reduce),
        helper.make_node("Mul", [name, name], [square]),
        helper.make_node("ReduceMean", [square], [of_square], **reduce),
        helper.make_node("Mul", [mean, mean], [squared]),
        helper.make_node("Sub", [of_square, squared], [variance]),
        helper.make_node("Relu", [variance], [positive]),
        helper.make_node("Sqrt", [positive], [deviation]),
    ], [mean, deviation]


def mn04(path):
    """EfficientAT's graph with its own pooled features [384] and those of four layers, and its tags before the sigmoid [527]."""
    graph = onnx.load(path).graph
    nodes, parts = list(graph.node), ["emb"]
    last = nodes.pop()
    assert last.op_type == "Sigmoid" and last.output[0] == "tags"
    for layer in MN04_LAYERS:
        more, outputs = statistics_of(layer, [2, 3])
        nodes, parts = nodes + more, parts + outputs
    nodes.append(helper.make_node("Concat", parts, ["embedding"], axis=1))
    nodes.append(helper.make_node("Identity", [last.input[0]], ["tags"]))
    return nodes, list(graph.initializer), ("b", 1, 128, "t"), {"tags": 527}


def musicnn(path):
    """MusiCNN's graph: its penultimate layer [200], the mean and the greatest of its layers over time [753 each], its tags before the sigmoid [50]."""
    graph = onnx.load(path).graph
    nodes = list(graph.node)
    last = next(node for node in nodes if node.output[0] == "tags")
    assert last.op_type == "Sigmoid"
    nodes.remove(last)
    flat = numpy_helper.from_array(np.array([0, -1], np.int64), "flat")
    for name in ("mean_pool", "max_pool"):
        nodes.append(helper.make_node("Reshape", [name, "flat"], [f"{name}.flat"]))
    nodes.append(helper.make_node("Concat", ["emb", "mean_pool.flat", "max_pool.flat"], ["embedding"], axis=1))
    nodes.append(helper.make_node("Identity", [last.input[0]], ["tags"]))
    return nodes, [*graph.initializer, flat], ("b", 1, "t", 96), {"tags": 50}


def fcn(path):
    """The FCN without its dead filters: its last layer [64], three earlier ones, its tags before the sigmoid [50]."""
    import torch

    w = {name: value.double().numpy() for name, value in torch.load(path, map_location="cpu", weights_only=True).items() if value.dim()}
    norm = "spec_bn" if "spec_bn.weight" in w else "spec.bn"

    def gain(name):
        return w[f"{name}.weight"] / np.sqrt(w[f"{name}.running_var"] + 1e-5)

    layers = []
    for k in range(1, 6):  # every norm inside its convolution
        scale = gain(f"layer{k}.bn")
        weight = w[f"layer{k}.conv.weight"] * scale[:, None, None, None]
        bias = (w[f"layer{k}.conv.bias"] - w[f"layer{k}.bn.running_mean"]) * scale + w[f"layer{k}.bn.bias"]
        layers.append([weight, bias])
    for k, (weight, bias) in enumerate(layers[:-1]):
        dead = np.abs(weight).reshape(len(weight), -1).max(1) < 1e-6
        assert (bias[dead] < 1e-5).all(), "a dead filter that still says something"
        layers[k] = [weight[~dead], bias[~dead]]
        layers[k + 1][0] = layers[k + 1][0][:, ~dead]
    scale = gain(norm).reshape(1, 1, 1, 1)
    offset = (w[f"{norm}.bias"] - w[f"{norm}.running_mean"] * gain(norm)).reshape(1, 1, 1, 1)
    tensors = {"scale": scale, "offset": offset, "dense": w["dense.weight"].T, "dense_bias": w["dense.bias"]}
    nodes = [helper.make_node("Mul", ["mel", "scale"], ["scaled"]), helper.make_node("Add", ["scaled", "offset"], ["pooled0"])]
    parts = ["last"]
    for k, ((weight, bias), (size, step)) in enumerate(zip(layers, FCN_POOLS), 1):
        tensors |= {f"weight{k}": weight, f"bias{k}": bias}
        nodes += [
            helper.make_node("Conv", [f"pooled{k - 1}", f"weight{k}", f"bias{k}"], [f"conv{k}"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
            helper.make_node("Relu", [f"conv{k}"], [f"relu{k}"]),
            helper.make_node("MaxPool", [f"relu{k}"], [f"pooled{k}"], kernel_shape=list(size), strides=list(step)),
        ]
        if k in FCN_LAYERS:
            nodes.append(helper.make_node("ReduceMean", [f"pooled{k}"], [f"layer{k}"], axes=[2, 3], keepdims=0))
            parts.append(f"layer{k}")
    nodes += [
        helper.make_node("ReduceMean", ["pooled5"], ["last"], axes=[2, 3], keepdims=0),
        helper.make_node("Concat", parts, ["embedding"], axis=1),
        helper.make_node("Gemm", ["last", "dense", "dense_bias"], ["tags"]),
    ]
    initializers = [numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name) for name, value in tensors.items()]
    return nodes, initializers, ("b", 1, 96, "t"), {"tags": 50}


MAKERS = {"mn04": mn04, "fcn": fcn, "musicnn": musicnn}


def write(name, source, folder):
    nodes, initializers, shape, sizes = MAKERS[name](source)
    kept, casts = [], []
    for tensor in initializers:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > HALF_FROM:
            kept.append(numpy_helper.from_array(values.astype(np.float16), tensor.name + ".half"))
            casts.append(helper.make_node("Cast", [tensor.name + ".half"], [tensor.name], to=onnx.TensorProto.FLOAT))
        else:
            kept.append(tensor)

    def value(name, shape):
        return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    outputs = [value("embedding", ("b", None)), value("tags", ("b", sizes["tags"]))]
    graph = helper.make_graph(casts + nodes, name, [value("mel", shape)], outputs, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name=name)
    model = onnx.shape_inference.infer_shapes(model)
    onnx.checker.check_model(model)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.onnx"
    onnx.save(model, target)
    target.chmod(0o644)
    print(f"{target.name}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("network", choices=MAKERS)
    parser.add_argument("--from", dest="source", type=Path, required=True, help="what its authors released")
    parser.add_argument("--to", type=Path, required=True, help="the model's folder")
    a = parser.parse_args()
    write(a.network, a.source, a.to)
