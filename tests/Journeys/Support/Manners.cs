using System.Text.Json;
using System.Text.RegularExpressions;

namespace MMOrleans.Journeys.Support;

/// <summary>What every answer of the program must hold to.</summary>
internal static partial class Manners
{
    /// <summary>Fails with what is wrong with an answer, and with all of it.</summary>
    /// <param name="answer">What came.</param>
    /// <param name="exitCode">What the line must end with.</param>
    /// <param name="isJson">Whether every document on its standard output must be JSON.</param>
    public static void Check(Answer answer, int exitCode, bool isJson)
    {
        Assert.True(answer.ExitCode == exitCode, $"exit code {answer.ExitCode}, not {exitCode}\n{answer}");
        foreach (var stream in (string[])[answer.Printed, answer.Said])
        {
            Assert.False(InternalError().IsMatch(stream), $"an internal error\n{answer}");
            Assert.False(StackTrace().IsMatch(stream), $"a stack trace\n{answer}");
        }

        Assert.False(Message().IsMatch(answer.Printed), $"a message among the results\n{answer}");
        if (isJson && answer.Printed.Length > 0)
            CheckJson(answer);
    }

    private static void CheckJson(Answer answer)
    {
        try
        {
            var reader = new Utf8JsonReader(
                System.Text.Encoding.UTF8.GetBytes(answer.Printed),
                new JsonReaderOptions { AllowMultipleValues = true }
            );
            while (reader.Read())
                reader.Skip();
        }
        catch (JsonException fault)
        {
            Assert.Fail($"--json, and standard output is not JSON: {fault.Message}\n{answer}");
        }
    }

    [GeneratedRegex(
        @"^\s+at [\w.<>`]+\(|Unhandled exception|Segmentation fault|core dumped",
        RegexOptions.Multiline
    )]
    private static partial Regex StackTrace();

    [GeneratedRegex(@"error MM9099|""code"":\s*""MM9099")]
    private static partial Regex InternalError();

    /// <summary>Errors and progress, which belong to standard error.</summary>
    [GeneratedRegex(
        @"^error MM\d{4}|^  fix   |^  more  mm explain|^\S+Z run=\S+ (event|epoch)=|\x1b\[",
        RegexOptions.Multiline
    )]
    private static partial Regex Message();
}
