using System.Net;

namespace MMOrleans.Runs.Faults;

/// <summary>What is said about a code apart from one occurrence of it.</summary>
/// <param name="Code">Such as <c>MM1004</c>.</param>
/// <param name="ExitCode">Of a process that ends by it: one of <see cref="Faults.ExitCode"/>.</param>
/// <param name="Status">Of a request that is answered with it.</param>
/// <param name="Title">Two to six words.</param>
/// <param name="Explanation">Why it is an error and what usually causes it.</param>
/// <param name="Example">An occurrence as it is printed.</param>
/// <param name="Fix">What to do, with a command where there is one.</param>
public sealed record FaultEntry(
    string Code,
    int ExitCode,
    HttpStatusCode Status,
    string Title,
    string Explanation,
    string Example,
    string Fix
);
