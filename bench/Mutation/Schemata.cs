using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MMOrleans.Bench.Mutation;

/// <summary>Writes many mutants into one source: a member has its body once as it is, and once for each of its bugs.</summary>
/// <remarks>Compiling and warming up cost more than the schedules that most mutants die of: this way it is done once for all.</remarks>
internal static partial class Schemata
{
    private const string Unchanged = "/*mutant 0*/";

    /// <summary>Whether a bug is inside of a body, so that it can stand beside it.</summary>
    public static bool Holds(SyntaxTree source, Mutant mutant) => BodyAround(source, mutant) is not null;

    /// <summary>The source with all bugs; none is active in it by itself.</summary>
    /// <param name="source">One source.</param>
    /// <param name="mutants">Its bugs, by number.</param>
    public static SourceText Write(SyntaxTree source, IEnumerable<(int Number, Mutant Mutant)> mutants)
    {
        var text = source.GetText();
        return text.WithChanges(
            mutants
                .GroupBy(m => BodyAround(source, m.Mutant)!)
                .OrderBy(member => member.Key.SpanStart)
                .Select(member => Change(text, member.Key, member))
        );
    }

    /// <summary>The bug that a place in a written source belongs to; 0 for what is as it was.</summary>
    public static int NumberAt(SourceText written, int position) =>
        Marker().Matches(written.ToString(TextSpan.FromBounds(0, position))) is [.., var last]
            ? int.Parse(last.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : 0;

    private static TextChange Change(
        SourceText text,
        SyntaxNode body,
        IEnumerable<(int Number, Mutant Mutant)> mutants
    )
    {
        var (span, whole) = body switch
        {
            BlockSyntax block => (block.Span, block.Span),
            ArrowExpressionClauseSyntax arrow => (
                arrow.Expression.Span,
                TextSpan.FromBounds(arrow.SpanStart, arrow.GetLastToken().GetNextToken().Span.End)
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(body), body, "It has no such body."),
        };
        var written = new StringBuilder("{ ");
        foreach (var (number, mutant) in mutants)
        {
            var bug =
                text.ToString(TextSpan.FromBounds(span.Start, mutant.Edit.Span.Start))
                + mutant.Edit.Text
                + text.ToString(TextSpan.FromBounds(mutant.Edit.Span.End, span.End));
            written.Append(
                CultureInfo.InvariantCulture,
                $"if (global::MMOrleans.Bench.Mutation.ActiveMutant.Number == {number}) /*mutant {number}*/ {Statement(body, bug)} {Unchanged} else "
            );
        }

        written.Append(Statement(body, text.ToString(span))).Append(" }");
        return new(
            whole,
            body.Parent is PropertyDeclarationSyntax ? $"{{ get {written} }}" : written.ToString()
        );
    }

    private static string Statement(SyntaxNode body, string text) =>
        body is BlockSyntax ? text
        : ReturnsNothing(body) ? $"{{ {text}; }}"
        : $"{{ return {text}; }}";

    private static bool ReturnsNothing(SyntaxNode arrow) =>
        arrow.Parent switch
        {
            MethodDeclarationSyntax method => method.ReturnType.ToString() == "void"
                || (method.ReturnType.ToString() == "Task" && method.Modifiers.Any(SyntaxKind.AsyncKeyword)),
            ConstructorDeclarationSyntax => true,
            AccessorDeclarationSyntax accessor => !accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
            _ => false,
        };

    private static SyntaxNode? BodyAround(SyntaxTree source, Mutant mutant)
    {
        var span = mutant.Edit.Span;
        foreach (var around in source.GetRoot().FindNode(span).AncestorsAndSelf())
        {
            SyntaxNode? body = around switch
            {
                BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
                AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody,
                PropertyDeclarationSyntax property => property.ExpressionBody,
                _ => null,
            };
            if (body is not null)
                return body.Span.Contains(span) ? body : null;
        }

        return null;
    }

    [GeneratedRegex(@"/\*mutant (\d+)\*/")]
    private static partial Regex Marker();
}
