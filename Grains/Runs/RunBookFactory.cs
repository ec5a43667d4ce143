using MMOrleans.Learning.RunFolders;

namespace MMOrleans.Grains.Runs;

/// <summary>Opens run folders under one root.</summary>
internal sealed class RunBookFactory(string root, LocalEndpoint? endpoint, TimeProvider clock)
{
    /// <exception cref="Learning.LearningFault">MM1004: the id would name a folder elsewhere.</exception>
    public RunBook Open(string runId)
    {
        SubmissionCheck.RequireId(runId);
        return new(root, runId, endpoint, clock);
    }
}
