using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>Every bug that can be planted in a source by its syntax.</summary>
internal static class Mutants
{
    private static readonly Func<SyntaxNode, IEnumerable<Edit>>[] Operators =
    [
        Conditions.Of,
        Clauses.Of,
        Numbers.Of,
        Steps.Of,
        Sequences.Of,
        Elements.Of,
    ];

    public static IEnumerable<Mutant> Of(SyntaxTree source)
    {
        var edits = source
            .GetRoot()
            .DescendantNodes(node => !IsForPeople(node))
            .Where(node => !IsForPeople(node))
            .SelectMany(node => Operators.SelectMany(of => of(node).Select(edit => (node, edit))))
            .DistinctBy(found => (found.edit.Span, found.edit.Text));
        Dictionary<string, int> seen = [];
        foreach (var (node, edit) in edits)
        {
            var mutant = Of(source, node, edit);
            var times = seen[mutant.Key] = seen.GetValueOrDefault(mutant.Key) + 1;
            yield return mutant with
            {
                Ordinal = times,
            };
        }
    }

    /// <summary>A bug at a node; a small one is shown with the expression or statement around it.</summary>
    public static Mutant Of(SyntaxTree source, SyntaxNode node, Edit edit)
    {
        var shown = node;
        while (
            shown.Span.Length < 40
            && shown.Parent
                is ExpressionSyntax
                    or StatementSyntax
                    and not BlockSyntax
                    or ArgumentSyntax
                    or ArgumentListSyntax
        )
            shown = shown.Parent;
        var text = source.GetText();
        var end = edit.Span.End;
        var (start, last) = (Math.Min(shown.SpanStart, edit.Span.Start), Math.Max(shown.Span.End, end));
        return new(
            source.FilePath,
            source.GetLineSpan(edit.Span).StartLinePosition.Line + 1,
            MemberAround(node),
            OneLine(text.ToString(new(start, last - start))),
            OneLine(
                text.ToString(new(start, edit.Span.Start - start))
                    + edit.Text
                    + text.ToString(new(end, last - end))
            ),
            1,
            edit
        );
    }

    /// <summary>What nobody but a reader sees: messages, exceptions' texts, attributes.</summary>
    private static bool IsForPeople(SyntaxNode node) =>
        node
            is InterpolatedStringExpressionSyntax
                or ThrowStatementSyntax
                or ThrowExpressionSyntax
                or AttributeListSyntax
                or MethodDeclarationSyntax { Identifier.Text: "ToString" };

    private static string MemberAround(SyntaxNode node)
    {
        var type = node.FirstAncestorOrSelf<BaseTypeDeclarationSyntax>()?.Identifier.Text;
        var member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>(m =>
            m is not BaseTypeDeclarationSyntax
        ) switch
        {
            MethodDeclarationSyntax method => method.Identifier.Text,
            PropertyDeclarationSyntax property => property.Identifier.Text,
            BaseFieldDeclarationSyntax field => field.Declaration.Variables[0].Identifier.Text,
            ConstructorDeclarationSyntax => "new",
            _ => "",
        };
        return member.Length > 0 ? $"{type}.{member}" : $"{type}";
    }

    public static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
