namespace MMOrleans.Journeys.Support;

/// <summary>One way that users walk; what was typed on it is what the table says of it.</summary>
public abstract class Journey : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected Journey(SharedRuns shared)
    {
        Shared = shared;
        Shell = new(_folder["home"], _folder["Arbeit übers Jahr"]);
    }

    private protected SharedRuns Shared { get; }

    private protected Shell Shell { get; }

    /// <summary>A place beside the working folder.</summary>
    private protected string Beside(string name) => _folder[name];

    private protected Task<Answer> TypeAsync(string line, int exitCode = 0, string input = "") =>
        Shell.TypeAsync(line, exitCode, input);

    /// <summary>State of a run, as <c>mm show</c> says.</summary>
    private protected async Task<string> HashAsync(string run, string flags = "") =>
        (string)(await TypeAsync($"mm show {run} --json{flags}")).Json["state_sha256"]!;

    /// <summary>The way's end, when it was walked whole.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (TestContext.Current.TestState?.Result == TestResult.Passed)
                await JourneyTable.CheckAsync(TestContext.Current.TestMethod!.MethodName, Shell.Typed.Keys);
        }
        finally
        {
            await LeaveAsync();
            _folder.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Ends what the way started.</summary>
    private protected virtual Task LeaveAsync() => Task.CompletedTask;
}
