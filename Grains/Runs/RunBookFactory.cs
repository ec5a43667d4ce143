using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Grains.Runs;

/// <summary>Opens run folders under one root.</summary>
internal sealed class RunBookFactory(string root, LocalEndpoint? endpoint, TimeProvider clock)
{
    public RunBook Open(string runId) => new(root, runId, endpoint, clock);
}
