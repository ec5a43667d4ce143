using System.Text.Json.Nodes;
using MMOrleans.Journeys.Support;

[assembly: AssemblyFixture(typeof(SharedRuns))]

namespace MMOrleans.Journeys.Support;

/// <summary>The pictures, and the one run that was trained on them without a break: ways go on from copies of it.</summary>
public sealed class SharedRuns : IAsyncDisposable
{
    /// <summary>What the numbers of all runs on the pictures are a function of; seconds long, so that it can be broken off.</summary>
    internal const string Recipe =
        "--set dataset.image_size=16 --method ce-drw --epochs 30 --model resnet8 --batch-size 16 --lr 0.05 --seed 7 --set checkpoint.every='5 epochs' --set checkpoint.keep_last=10";

    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _once = new(1, 1);
    private string? _hash;
    private bool _isWritten;

    /// <summary>Blanks and letters beyond ASCII are in every path.</summary>
    private string Root => _folder["Wege für alle"];

    /// <summary>The pictures as folders.</summary>
    internal string Folders => Path.Combine(Root, "meine Bilder");

    /// <summary>The pictures as Parquet.</summary>
    internal string Parquet => Path.Combine(Root, "parquet files");

    /// <summary>The pictures as shards.</summary>
    internal string Shards => Path.Combine(Root, "shards");

    /// <summary>Name of the finished run.</summary>
    internal const string Name = "whole";

    /// <summary>Writes the pictures, once.</summary>
    internal async Task WritePicturesAsync()
    {
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_isWritten)
                return;
            Photographs.WriteFolders(Folders);
            Photographs.WriteShards(Shards);
            await Photographs.WriteParquetAsync(Parquet);
            _isWritten = true;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>State of the finished run; trained when it is first asked for.</summary>
    internal async Task<string> HashAsync()
    {
        await WritePicturesAsync();
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _hash ??= await TrainAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Copies the folder of runs that holds the finished one.</summary>
    internal async Task CopyToAsync(string folder)
    {
        await HashAsync();
        Folder.Copy(Path.Combine(Root, "runs"), folder);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _once.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> TrainAsync()
    {
        var shell = new Shell(Path.Combine(Root, "home"), Root);
        await shell.TypeAsync(
            $"mm train --dataset image-folder --data-dir '{Folders}' {Recipe} --name {Name} --trainers 1 --no-progress --quiet"
        );
        var shown = await shell.TypeAsync($"mm show {Name} --json");
        return (string)shown.Json["state_sha256"]!;
    }
}
