using MMOrleans.Grains.Interfaces.Runs;

namespace MMOrleans.Client.Connections;

/// <summary>A way to the grains of runs: in this process, or in another one that trains.</summary>
internal interface IRunConnection : IAsyncDisposable
{
    IRunGrain Run(string runId);
}
