using System.Text.Json.Serialization;
using MMOrleans.Api.Documents;
using MMOrleans.Configuration.Sources;
using Microsoft.AspNetCore.Http;

namespace MMOrleans.Api;

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

    /// <summary>The HTTP status that belongs to a code.</summary>
    internal static int StatusOf(string code) =>
        code switch
        {
            "MM1007" => StatusCodes.Status404NotFound,
            "MM1009" or "MM3005" or "MM3006" => StatusCodes.Status409Conflict,
            "MM3001" or "MM3002" => StatusCodes.Status503ServiceUnavailable,
            "MM3003" => StatusCodes.Status403Forbidden,
            "MM5001" => StatusCodes.Status409Conflict,
            "MM5003" => StatusCodes.Status507InsufficientStorage,
            "MM5004" or "MM5005" or "MM5006" => StatusCodes.Status502BadGateway,
            "MM9099" => StatusCodes.Status500InternalServerError,
            _ when code.StartsWith("MM1", StringComparison.Ordinal) => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status409Conflict,
        };

    internal static IResult Of(string code, string detail, string fix, int? status = null) =>
        new Result(new(ReasonOf(status ?? StatusOf(code)), status ?? StatusOf(code), detail, code, fix));

    /// <summary>A configuration's: a name in it that does not exist is a bad request, not a missing page.</summary>
    internal static IResult Of(IReadOnlyList<Problem> problems) =>
        new Result(
            new(
                ReasonOf(StatusCodes.Status400BadRequest),
                StatusCodes.Status400BadRequest,
                problems[0].Message,
                problems[0].Code,
                problems[0].Fix
            )
            {
                Problems =
                    problems.Count == 1
                        ? null
                        : [.. problems.Select(one => new ProblemDocument(one.Code, one.Message, one.Fix))],
            }
        );

    internal static Task WriteAsync(
        HttpContext context,
        int status,
        string code,
        string detail,
        string fix
    ) => Of(code, detail, fix, status).ExecuteAsync(context);

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
