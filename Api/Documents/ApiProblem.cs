using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using MMOrleans.Api.Documents;

namespace MMOrleans.Api.Documents;

/// <summary>An error as <c>application/problem+json</c>: RFC 9457, with the code and the fix that every error here has.</summary>
/// <param name="Title">What the status means.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What happened, with the value.</param>
/// <param name="Code">Of the error catalogue: <c>mm explain CODE</c>.</param>
/// <param name="Fix">What to do.</param>
public sealed record ApiProblem(string Title, int Status, string Detail, string Code, string Fix)
{
    /// <summary>Its media type.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>What kind of problem: none of its own, the code says it.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>Everything that is wrong with a configuration, the first included; null where there is one thing only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProblemDocument>? Problems { get; init; }

    /// <summary>The first of them, as the client shows it.</summary>
    public Fault ToFault() => new(Code, Detail, Fix);

    /// <param name="fault">What went wrong.</param>
    /// <param name="status">HTTP status; null for the one that belongs to the code.</param>
    internal static IResult Of(Fault fault, int? status = null) => Of([fault], status);

    /// <param name="faults">All that is wrong with a configuration, or the one thing that went wrong.</param>
    /// <param name="status">HTTP status; null for the one that belongs to the first one's code.</param>
    internal static IResult Of(IReadOnlyList<Fault> faults, int? status = null)
    {
        var (code, message, fix) = faults[0];
        var number = status ?? (int)FaultCatalogue.StatusOf(code);
        return new Result(
            new(ReasonOf(number), number, message, code, fix)
            {
                Problems =
                    faults.Count == 1
                        ? null
                        : [.. faults.Select(one => new ProblemDocument(one.Code, one.Message, one.Fix))],
            }
        );
    }

    private static string ReasonOf(int status) =>
        Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);

    private sealed class Result(ApiProblem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = problem.Status;
            return httpContext.Response.WriteAsJsonAsync(
                problem,
                ApiJson.Options,
                ContentType,
                httpContext.RequestAborted
            );
        }
    }
}
