namespace MMOrleans.Journeys.Support;

/// <summary>A line that was typed and has not been waited for yet.</summary>
internal sealed class TypedLine(
    string line,
    string folder,
    ChildProcess process,
    Func<(Answer Answer, int ExitCode), Task> judge
) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Of the command itself, where the line has only one.</summary>
    public int ProcessId => process.Id;

    /// <summary>Standard output until now.</summary>
    public string Printed => process.Printed;

    /// <summary>Standard error until now.</summary>
    public string Said => process.Said;

    /// <summary>Waits until it has written these words.</summary>
    public Task SaysAsync(string words) => process.SaysAsync(words, Patience);

    /// <summary>As the terminal sends it.</summary>
    public void PressControlC() => process.PressControlC();

    /// <summary>As <c>kill</c> sends it.</summary>
    public void Terminate() => process.Ask();

    /// <summary>As <c>kill -9</c> sends it.</summary>
    public void Kill() => process.KillNow();

    /// <summary>Waits for its end and checks it.</summary>
    public Task<Answer> EndAsync(int exitCode = 0) => EndAsync(exitCode, Patience);

    /// <inheritdoc cref="EndAsync(int)"/>
    public async Task<Answer> EndAsync(int exitCode, TimeSpan patience)
    {
        var code = await process.EndAsync(patience);
        var answer = new Answer(line, folder, code, process.Printed, process.Said);
        await judge((answer, exitCode));
        return answer;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
