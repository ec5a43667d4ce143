namespace MMOrleans.Client.Connections;

/// <summary>A way to runs: in this process, or in another one that trains.</summary>
internal interface IRunConnection : IAsyncDisposable
{
    IRunHandle Run(string runId);
}
