using System.Diagnostics;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Connections;

/// <summary>The span <c>run.submit</c>, under which the run's start appears wherever it is trained.</summary>
internal static class SubmitSpan
{
    private static readonly ActivitySource Source = new("MMOrleans");

    /// <summary>Sends a request within the span.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="specification">What is trained.</param>
    /// <param name="isTraced">Whether the run asks for spans.</param>
    /// <param name="send">Sends it with the span's text, which is null where nobody listens.</param>
    public static async Task<RunAnswer> AroundAsync(
        string runId,
        RunSpecification specification,
        bool isTraced,
        Func<string?, Task<RunAnswer>> send
    )
    {
        using var span = isTraced ? Source.StartActivity("run.submit", ActivityKind.Client) : null;
        span?.SetTag("mmorleans.run.id", runId)
            .SetTag("mmorleans.method", specification.Method.Name)
            .SetTag("mmorleans.dataset", specification.Dataset.Name)
            .SetTag("mmorleans.model", specification.Model.Architecture);
        var answer = await send(span?.Id);
        if (answer.Fault is { } fault)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", fault.Code);
        }

        return answer;
    }
}
