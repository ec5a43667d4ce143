using MMOrleans.Client.Connections;
using MMOrleans.Client.Invocations;
using MMOrleans.Configuration.Keys;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Commands;

/// <summary>Goes the way of a run's start up to its first round, with the code that starts one: what would refuse it refuses this.</summary>
internal static class Rehearsal
{
    /// <exception cref="FaultException">What the start would say.</exception>
    public static async Task<RunRehearsal> OfAsync(
        Invocation invocation,
        ResolvedRun resolved,
        CancellationToken cancellationToken
    )
    {
        var rehearsal = invocation.Cluster is not null
            ? await OnClusterAsync(invocation, resolved, cancellationToken)
            : await HereAsync(invocation, resolved, cancellationToken);
        return rehearsal.Fault is { } fault ? throw new FaultException(fault) : rehearsal;
    }

    private static async Task<RunRehearsal> OnClusterAsync(
        Invocation invocation,
        ResolvedRun resolved,
        CancellationToken cancellationToken
    )
    {
        await using var shelf = await RunLibrary.OpenAsync(invocation, null, cancellationToken);
        var id = RunId.New(_ => false);
        return await invocation.SayingAsync(
            shelf.Cluster!.Run(id).RehearseAsync(Submission(id, resolved), cancellationToken),
            "the cluster opens the images"
        );
    }

    private static async Task<RunRehearsal> HereAsync(
        Invocation invocation,
        ResolvedRun resolved,
        CancellationToken cancellationToken
    )
    {
        var catalogue = new RunCatalogue(Path.Combine(invocation.WorkingFolder, resolved.OutputFolder));
        var id = catalogue.NewId();
        var place = LocalPlace.Of(catalogue.Folder(id).Root, resolved);
        using var nothing = NewFolders.Of(place.RunsFolder);
        await using var connection = await invocation.SayingAsync(
            LocalConnection.OpenAsync(place, cancellationToken),
            "starting trainers in this process"
        );
        return await invocation.SayingAsync(
            connection.Run(id).RehearseAsync(Submission(id, resolved), cancellationToken),
            "opening the images"
        );
    }

    private static RunSubmission Submission(string id, ResolvedRun resolved) =>
        new(id, SpecificationDocument.Write(resolved.Specification), resolved.Settings);
}
