using MMOrleans.Client.Tests.Commands;
using MMOrleans.Client.Tests.PyTorch;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Folders;
using MMOrleans.Silo;

namespace MMOrleans.Client.Tests.Exchange;

/// <summary>The whole test set of CIFAR-10, by us and by the programs that models are exported for.</summary>
public sealed class RealImagesTests : IDisposable
{
    private const int Images = 10_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <remarks>
    /// Minutes: needs <c>MM_DATA_DIR</c>, and <c>MM_EXPORT_RUN</c>, the folder of a run to export, or <c>new</c> for a small network that
    /// is trained for one epoch.
    /// </remarks>
    [Fact]
    public async Task TenThousandRealImagesAreClassifiedAlikeByPyTorchAndOnnxRuntime()
    {
        var data = Environment.GetEnvironmentVariable("MM_DATA_DIR") ?? "";
        Assert.SkipWhen(data.Length == 0, "MM_DATA_DIR is not set: this test classifies the real CIFAR-10");
        var run = Environment.GetEnvironmentVariable("MM_EXPORT_RUN") ?? "";
        Assert.SkipWhen(
            run.Length == 0,
            "MM_EXPORT_RUN is not set: all of CIFAR-10 by four programs takes minutes"
        );
        RealPyTorch.Require();
        if (run == "new")
            run = await TrainedAsync(data);
        foreach (var format in (string[])["pytorch", "safetensors", "onnx"])
            await RunAsync($"export {run} --format {format} --output {_folder.Path}");

        var test = CifarFiles.Open(CifarLayout.Cifar10, data).Test;
        var images = Enumerable.Range(0, test.Count).Select(i => test.Image(i).ToArray()).ToList();
        var ours = Ours(ModelFile.Read(Path.Combine(_folder.Path, "model.pt")), images);
        using var onnx = new OnnxSession(Path.Combine(_folder.Path, "model.onnx"));
        var pytorch = RealPyTorch.Logits(
            images,
            Path.Combine(_folder.Path, "model.pt"),
            Path.Combine(_folder.Path, "model.safetensors")
        );
        var others = new Dictionary<string, int[]>
        {
            [".pt in PyTorch"] = Predictions(pytorch[0]),
            ["safetensors in PyTorch"] = Predictions(pytorch[1]),
            ["ONNX in ONNX Runtime"] = Predictions([.. images.Chunk(250).SelectMany(onnx.Logits)]),
        };

        Assert.Equal(Images, ours.Length);
        var right = ours.Where((c, i) => c == test.Labels[i]).Count();
        TestContext.Current.TestOutputHelper?.WriteLine($"ours: {right:N0} of {Images:N0} right");
        foreach (var (name, theirs) in others)
        {
            var same = ours.Zip(theirs).Count(pair => pair.First == pair.Second);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{name}: {same:N0} of {Images:N0} predictions the same"
            );
        }

        Assert.All(others, other => Assert.Equal(ours, other.Value));
        Assert.True(ours.Distinct().Count() > 3, "the network says too little for this to mean something");
    }

    private async Task<string> TrainedAsync(string data)
    {
        var runs = Path.Combine(_folder.Path, "runs");
        await RunAsync(
            $"train --preset cifar10-lt-100 --model resnet8 --epochs 1 --method erm --data-dir {data} --output {runs}"
        );
        return new RunCatalogue(runs).Resolve("latest").Path;
    }

    private static async Task RunAsync(string line)
    {
        var run = await CommandRun.OfAsync(line);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private static int[] Ours(StoredModel model, IReadOnlyList<byte[]> images)
    {
        using var classifier = LocalClassifier.Open(model, "cpu");
        return Predictions([
            .. images.Chunk(100).SelectMany(chunk => classifier.Logits(chunk)).SelectMany(r => r),
        ]);
    }

    private static int[] Predictions(float[] logits) => SomeModel.Predictions(logits, SomeModel.Classes);
}
