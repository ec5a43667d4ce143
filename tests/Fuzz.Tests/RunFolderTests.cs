using System.Text;
using System.Text.Json;
using MMOrleans.Learning.Datasets;
using MMOrleans.Runs.Checkpoints;
using MMOrleans.Runs.Exchange;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Tests.Checkpoints;
using MMOrleans.Runs.Tests.Folders;

namespace MMOrleans.Fuzz.Tests;

/// <summary>What a run's folder holds: written by us, and copied, edited and half lost by others.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mm-").FullName;
    private readonly Fuzzer _fuzzer;

    public RunFolderTests(ITestOutputHelper output) => _fuzzer = new(output);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Record() =>
        File("run.json", [Bytes(SomeRun.Record("r-7f3k9q").ToJson())], 1000, path => RunRecord.Read(path));

    [Fact]
    public void Events()
    {
        using (var log = new EventLog(In("events.jsonl")))
            for (var i = 0; i < 4; i++)
                log.Append(SomeRun.Event("epoch", $"epoch-{i}", i));
        File(
            "events.jsonl",
            [System.IO.File.ReadAllBytes(In("events.jsonl"))],
            1000,
            path =>
            {
                var before = EventLog.Read(path).Count;
                EventLog.CutAfter(path, 2);
                // What was passed over once is passed over again: cutting takes away and adds nothing.
                Assert.InRange(EventLog.Read(path).Count, 0, before);
            },
            refuses: false
        );
    }

    [Fact]
    public void Metrics()
    {
        MetricsCsv.Append(In("metrics.csv"), SomeRun.Row(1));
        MetricsCsv.Append(In("metrics.csv"), SomeRun.Row(2));
        File(
            "metrics.csv",
            [System.IO.File.ReadAllBytes(In("metrics.csv"))],
            1000,
            path =>
            {
                MetricsCsv.Read(path);
                MetricsCsv.CutAfter(path, 1);
                Assert.All(MetricsCsv.Read(path), row => Assert.InRange(row.Epoch, int.MinValue, 1));
            },
            refuses: false
        );
    }

    [Fact]
    public void Log()
    {
        using (var log = new RunLog(In("log.txt")))
            for (var i = 0; i < 3; i++)
                log.Write(new(SomeRun.Time, "info", "silo-0/t0", $"line {i}\nsecond"));
        File(
            "log.txt",
            [System.IO.File.ReadAllBytes(In("log.txt"))],
            1000,
            path =>
            {
                _ = RunLog.Read(path).ToList();
            },
            refuses: false
        );
    }

    [Fact]
    public void Endpoint()
    {
        new LocalEndpoint(1, "127.0.0.1", 30000, "c", "s", SomeRun.Time).Write(In("endpoint.json"));
        File(
            "endpoint.json",
            [System.IO.File.ReadAllBytes(In("endpoint.json"))],
            1000,
            path => LocalEndpoint.Read(path),
            refuses: false
        );
    }

    [Fact]
    public void Manifest()
    {
        var path = Written();
        // Sealed anew after the damage: the seal is against accidents, and whoever forges a checkpoint seals it.
        File(
            Path.Combine(Path.GetRelativePath(_folder, path), CheckpointFiles.Manifest),
            [System.IO.File.ReadAllBytes(Path.Combine(path, CheckpointFiles.Manifest))],
            1000,
            file =>
            {
                System.IO.File.WriteAllBytes(file, Sealed(System.IO.File.ReadAllBytes(file)));
                new CheckpointEntry(path).Load(SomeCheckpoint.Layout);
            }
        );
    }

    [Fact]
    public void State()
    {
        var path = Written();
        var manifest = Path.Combine(path, CheckpointFiles.Manifest);
        var sound = Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(manifest));
        var state = Path.Combine(path, CheckpointFiles.State);
        var (length, hash) = (new FileInfo(state).Length, CheckpointFiles.Sha256(state));
        File(
            Path.Combine(Path.GetRelativePath(_folder, path), CheckpointFiles.State),
            [System.IO.File.ReadAllBytes(state)],
            1000,
            file =>
            {
                // Described anew after the damage, as whoever forges a checkpoint does.
                var forged = sound
                    .Replace(hash, CheckpointFiles.Sha256(file), StringComparison.Ordinal)
                    .Replace(
                        $"\"bytes\": {length},",
                        $"\"bytes\": {new FileInfo(file).Length},",
                        StringComparison.Ordinal
                    );
                System.IO.File.WriteAllBytes(manifest, Sealed(Encoding.UTF8.GetBytes(forged)));
                new CheckpointEntry(path).Load(SomeCheckpoint.Layout);
            }
        );
    }

    [Fact]
    public void Card()
    {
        var checkpoint = new CheckpointEntry(Written());
        var card = StoredModel.Of(checkpoint, null, ImageSize.Of).Card;
        File(
            ModelCard.FileName,
            [Bytes(card.ToJson())],
            1000,
            path => ModelCard.Read(path)!.ReadSpecification()
        );
    }

    private void File(
        string name,
        IReadOnlyList<byte[]> corpus,
        int usual,
        Action<string> read,
        bool refuses = true
    )
    {
        var path = In(name);
        _fuzzer.Run(
            name,
            corpus,
            usual,
            bytes =>
            {
                System.IO.File.WriteAllBytes(path, bytes);
                read(path);
            },
            fault => fault is FaultException,
            refuses: refuses
        );
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private string Written()
    {
        var writer = new CheckpointWriter(In("checkpoints"), "silo-0/t0", 1, TimeProvider.System);
        writer.Write(SomeCheckpoint.AfterEpoch(3));
        return Directory.GetDirectories(In("checkpoints")).Single();
    }

    private static byte[] Sealed(byte[] text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, CheckpointJson.Default.CheckpointManifest) is { } manifest
                ? ManifestSeal.Write(manifest)
                : text;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            return text; // it is the reader that has to say so
        }
    }
}
