using MMOrleans.Client.Tests.PyTorch;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Formats;
using MMOrleans.Silo;
using static TorchSharp.torch;

namespace MMOrleans.Client.Tests.Exchange;

/// <summary>Every format means the same network to whoever reads it: to us, PyTorch, TorchSharp and ONNX Runtime.</summary>
public sealed class ModelFormatTests : IDisposable
{
    // Sums of some thousand float32 products in another order; logits of these networks are of the size of 1.
    private const double Tolerance = 1e-4;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Networks =>
        new()
        {
            { "resnet8", "plain" },
            { "resnet8", "normalised" },
            { "resnet8", "sigmoid" },
            { "resnet8", "unbiased" },
            { "resnet20", "plain" },
            { "resnet32", "normalised" },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("safetensors")]
    [InlineData("pytorch")]
    [InlineData("torchsharp")]
    public void WhatWasWrittenIsReadBackBitForBit(string format)
    {
        var model = SomeModel.Of(_folder.Path, "resnet8", "normalised");

        var read = ModelFile.Read(Write(model, format));

        Assert.Equal(model.Tensors.Keys, read.Tensors.Keys);
        foreach (var (name, tensor) in model.Tensors)
        {
            Assert.Equal(tensor.Type, read.Tensors[name].Type);
            Assert.Equal(tensor.Shape, read.Tensors[name].Shape);
            Assert.True(tensor.Data.Span.SequenceEqual(read.Tensors[name].Data.Span), name);
        }

        Assert.Equal(model.Card.StateSha256, read.Card.StateSha256);
    }

    [Fact]
    public void NamesAndShapesAreThoseOfAStateDict()
    {
        var model = SomeModel.Of(_folder.Path, "resnet20", "plain");

        Assert.Equal(
            [
                "conv1.weight",
                "bn1.weight",
                "bn1.bias",
                "bn1.running_mean",
                "bn1.running_var",
                "bn1.num_batches_tracked",
                "layer1.0.conv1.weight",
            ],
            model.Tensors.Keys.Take(7)
        );
        Assert.Equal([32, 16, 3, 3], model.Tensors["layer2.0.conv1.weight"].Shape);
        Assert.Equal([10, 64], model.Tensors["linear.weight"].Shape);
        Assert.Equal([], model.Tensors["bn1.num_batches_tracked"].Shape);
        Assert.Equal(2 * 291, model.Tensors["bn1.num_batches_tracked"].Values<long>()[0]); // rounds of two steps
    }

    [Theory]
    [InlineData("safetensors")]
    [InlineData("pytorch")]
    [InlineData("onnx")]
    [InlineData("torchsharp")]
    public void TheSameStateIsTheSameFile(string format)
    {
        var model = SomeModel.Of(_folder.Path, "resnet8", "plain");

        var first = File.ReadAllBytes(Write(model, format));

        Assert.Equal(first, File.ReadAllBytes(Write(model, format)));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void OnnxRuntimeClassifiesAsWeDoInBatchesOfAnySize(string architecture, string head)
    {
        var model = SomeModel.Of(_folder.Path, architecture, head);
        var images = SomeModel.Images(211);
        var ours = Ours(model, images);

        using var onnx = new OnnxSession(Write(model, "onnx"));
        var alone = images[..1].SelectMany(image => onnx.Logits([image])).ToArray();
        var sevens = images.Chunk(7).SelectMany(onnx.Logits).ToArray();

        Assert.Equal([-1, 3, 32, 32], onnx.Session.InputMetadata["images"].Dimensions);
        Assert.Equal([-1, 10], onnx.Session.OutputMetadata["logits"].Dimensions);
        AssertSame(ours[..10], alone);
        AssertSame(ours, sevens);
    }

    [Fact]
    public void RealPyTorchClassifiesAsWeDo()
    {
        RealPyTorch.Require();
        var images = SomeModel.Images(101);
        var (files, ours) = (new List<string>(), new List<float[]>());
        foreach (var (architecture, head) in Networks.Select(row => row.Data))
        {
            var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, $"{architecture}-{head}"));
            var model = SomeModel.Of(folder.FullName, architecture, head);
            foreach (var format in (string[])["pytorch", "safetensors"])
            {
                files.Add(Write(model, format, folder.FullName));
                ours.Add(Ours(model, images));
            }
        }

        var theirs = RealPyTorch.Logits(images, [.. files]);

        Assert.All(ours.Zip(theirs), pair => AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public void WhatRealPyTorchWroteIsReadBitForBit()
    {
        RealPyTorch.Require();
        var model = SomeModel.Of(_folder.Path, "resnet8", "plain");
        var path = Write(model, "pytorch");

        RealPyTorch.Run("save", _folder.Path, path);

        // A state dict with its metadata; parameters, channels last, and views of one storage.
        var plain = ModelFile.ReadTensors(Path.Combine(_folder.Path, "plain.pt"));
        var odd = ModelFile.ReadTensors(Path.Combine(_folder.Path, "odd.pt"));
        Assert.Equal(model.Tensors.Keys, plain.Keys);
        Assert.All(plain, pair => AssertEqual(model.Tensors[pair.Key], pair.Value));
        Assert.Contains("layer1.0.conv2.weight", odd.Keys);
        Assert.All(odd, pair => AssertEqual(model.Tensors[pair.Key], pair.Value));
    }

    [Fact]
    public void WhatPublishedCodeSavedIsReadWithoutWhatLiesBesideTheTensors()
    {
        RealPyTorch.Require();
        var model = SomeModel.Of(_folder.Path, "resnet8", "plain");
        RealPyTorch.Run("publish", _folder.Path, Write(model, "pytorch"));

        foreach (var format in (string[])["zip", "legacy"])
        {
            foreach (
                var name in (string[])
                    [
                        ".pth.tar",
                        "-plain.pth",
                        "-model.pt",
                        "-model_state_dict.pt",
                        "-net.pt",
                        "-compiled.pt",
                        "-float64.pth",
                    ]
            )
            {
                var read = ModelFile.ReadTensors(Path.Combine(_folder.Path, format + name));
                Assert.Equal(model.Tensors.Keys, read.Keys);
                Assert.All(read, pair => AssertEqual(model.Tensors[pair.Key], pair.Value));
            }

            foreach (var (kind, digits) in (ReadOnlySpan<(string, int)>)[("float16", 11), ("bfloat16", 8)])
            foreach (
                var (name, tensor) in ModelFile.ReadTensors(
                    Path.Combine(_folder.Path, $"{format}-{kind}.pth")
                )
            )
            {
                Assert.Equal(model.Tensors[name].Type, tensor.Type);
                if (tensor.Type == TensorType.F32)
                    foreach (
                        var (ours, theirs) in model
                            .Tensors[name]
                            .Values<float>()
                            .ToArray()
                            .Zip(tensor.Values<float>().ToArray())
                    )
                        Assert.Equal(ours, theirs, Math.Max(1e-6, Math.Abs(ours) * Math.Pow(2, -digits)));
            }

            Assert.Equal(
                ["epoch", "arch", "best_acc1", "mean", "args", "optimizer", "classes"],
                WeightsFile.Read(Path.Combine(_folder.Path, $"{format}.pth.tar")).LeftOut
            );
            var whole = Assert.Throws<FaultException>(() =>
                ModelFile.ReadTensors(Path.Combine(_folder.Path, $"{format}-module.pt"))
            );
            Assert.Contains("wants to use __main__.", whole.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LayersWithOtherNamesAreToldAsMissingAndUnexpected()
    {
        var model = SomeModel.Of(_folder.Path, "resnet8", "plain");
        var renamed = model.Tensors.Values.Select(tensor => new NamedTensor(
            tensor.Name.Replace("linear", "fc", StringComparison.Ordinal),
            tensor.Type,
            tensor.Shape,
            tensor.Data
        ));

        var fault = Assert.Throws<FaultException>(() =>
            Ours(model with { Tensors = renamed.ToDictionary(tensor => tensor.Name) }, SomeModel.Images(1))
        );

        Assert.Equal("MM5002", fault.Code);
        Assert.Contains(
            "missing: linear.weight [10, 64], linear.bias [10]; unexpected: fc.weight [10, 64], fc.bias [10]",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void TorchSharpLoadsItsOwnFormatStrictlyAndClassifiesAsWeDo(string architecture, string head)
    {
        var model = SomeModel.Of(_folder.Path, architecture, head);
        var images = SomeModel.Images(50);
        var ours = Ours(model, images);

        using var network = new TorchSharpResNet((int.Parse(architecture["resnet".Length..]) - 2) / 6, head);
        network.load(Write(model, "torchsharp"), strict: true);

        AssertSame(ours, network.Logits(images, model.Card.Input));
    }

    [Fact]
    public void OnnxWithoutAPartOfTheNetworkIsNotWritten()
    {
        var model = SomeModel.Of(_folder.Path, "resnet8", "plain");
        var tensors = model.Tensors.ToDictionary();
        tensors.Add("layer1.0.se.weight", NamedTensor.From("layer1.0.se.weight", [1], [1f]));

        var fault = Assert.Throws<FaultException>(() => Write(model with { Tensors = tensors }, "onnx"));

        Assert.Equal("MM5002", fault.Code);
        Assert.Contains("layer1.0.se.weight", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "model.onnx")));
    }

    private string Write(StoredModel model, string format, string? folder = null)
    {
        var kind = ModelFormat.All.Single(f => f.Name == format);
        var path = Path.Combine(folder ?? _folder.Path, $"model{kind.Extensions[0]}");
        ModelFile.Write(path, kind, model);
        return path;
    }

    private static float[] Ours(StoredModel model, IReadOnlyList<byte[]> images)
    {
        using var classifier = LocalClassifier.Open(model, "cpu");
        return [.. images.Chunk(100).SelectMany(chunk => classifier.Logits(chunk)).SelectMany(row => row)];
    }

    private static void AssertSame(float[] ours, float[] theirs)
    {
        Assert.Equal(ours.Length, theirs.Length);
        var furthest = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(furthest < Tolerance, $"logits differ by {furthest}");
        Assert.Equal(
            SomeModel.Predictions(ours, SomeModel.Classes),
            SomeModel.Predictions(theirs, SomeModel.Classes)
        );
    }

    private static void AssertEqual(NamedTensor expected, NamedTensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(expected.Data.Span.SequenceEqual(actual.Data.Span), expected.Name);
    }
}
