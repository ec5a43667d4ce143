using System.CommandLine;
using MMOrleans.Client.Data;
using MMOrleans.Client.Invocations;
using MMOrleans.Client.Output;
using MMOrleans.Client.Processes;
using MMOrleans.Configuration.Sources;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Client.Commands;

/// <summary><c>mm data fetch NAME</c></summary>
internal static class DataFetchCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string>("name") { Description = "which data set", HelpName = "NAME" };
        name.CompletionSources.Add(_ =>
            PublishedArchive.All.Select(a => new System.CommandLine.Completions.CompletionItem(a.Dataset))
        );
        var to = new Option<string?>("--to")
        {
            Description = "Folder for its files; the data cache.",
            HelpName = "DIR",
        };
        var mirror = new Option<string?>("--mirror")
        {
            Description = "Fetch the published archive from here instead.",
            HelpName = "URL",
        };
        var repair = new Option<bool>("--repair") { Description = "Fetch anew what is damaged or unknown." };
        var offline = new Option<bool>("--offline")
        {
            Description = "Fetch nothing; fail if it is not here.",
        };
        var verb = new Command(
            "fetch",
            "Download, verify and unpack a data set; resumes an interrupted download."
        )
        {
            name,
            to,
            mirror,
            repair,
            offline,
        };
        verb.SetAction(
            async (input, cancellationToken) =>
            {
                var invocation = Invocation.From(input, context);
                var archive = Published(input.GetRequiredValue(name));
                if (input.GetValue(mirror) is { } address)
                    archive = archive with { Mirrors = [Address(address)] };
                var folder = Path.GetFullPath(
                    input.GetValue(to) ?? Path.Combine(context.Environment.DataCache, archive.Dataset),
                    context.WorkingFolder
                );
                using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
                var said = -1L;
                var download = new Download(
                    http,
                    (bytes, all) =>
                    {
                        var tenth = all is > 0 ? bytes * 10 / all.Value : bytes >> 24;
                        if (invocation.Quiet || tenth == said)
                            return;
                        said = tenth;
                        invocation.Terminal.Say(
                            new Line().Add(
                                $"{archive.Dataset}  {Figures.Bytes(bytes)}{(all is { } total ? $" of {Figures.Bytes(total)}" : "")}",
                                "grey"
                            )
                        );
                    }
                );
                var fetched = await new DataFetch(download).RunAsync(
                    archive,
                    folder,
                    input.GetValue(repair),
                    input.GetValue(offline),
                    cancellationToken
                );
                invocation.Answer(
                    () =>
                    {
                        var document = RunJson.Of("data-fetch");
                        document["name"] = archive.Dataset;
                        document["path"] = folder;
                        document["fetched"] = fetched;
                        document["received_bytes"] = download.Received;
                        return document;
                    },
                    () =>
                        [
                            new Line().Add(
                                fetched
                                    ? $"{archive.Layout.Name} is in {invocation.Shown(folder)}, {Figures.Bytes(download.Received)} fetched"
                                    : $"{archive.Layout.Name} is already in {invocation.Shown(folder)}: nothing fetched",
                                "green"
                            ),
                        ]
                );
                return ExitCode.Success;
            }
        );
        return verb;
    }

    private static PublishedArchive Published(string name) =>
        PublishedArchive.All.FirstOrDefault(a => a.Dataset == name)
        ?? throw new FaultException(
            "MM1007",
            DatasetCatalogue.Names.Contains(name)
                ? $"{name} is generated from the seed: there is nothing to fetch"
                : $"no data set '{name}' to fetch{Suggestion.Ask(name, PublishedArchive.All.Select(a => a.Dataset))}",
            $"one of: {string.Join(", ", PublishedArchive.All.Select(a => a.Dataset))}"
        );

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new FaultException(
                "MM1004",
                $"--mirror must be an http or https address, got '{text}'",
                "such as --mirror https://mirror.example.org/cifar-10-binary.tar.gz"
            );
}
