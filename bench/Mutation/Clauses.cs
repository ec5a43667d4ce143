using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>One of several clauses forgotten: of a condition, a pattern or a fallback.</summary>
internal static class Clauses
{
    public static IEnumerable<Edit> Of(SyntaxNode node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax
            {
                RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression
            } clauses:
                yield return new("clause dropped", clauses.Span, clauses.Left.ToString());
                yield return new("clause dropped", clauses.Span, clauses.Right.ToString());
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } fallback:
                yield return new("fallback taken", fallback.Span, fallback.Right.ToString());
                yield return new("fallback dropped", fallback.Span, $"({fallback.Left})!");
                break;
            case BinaryPatternSyntax pattern:
                yield return new("pattern dropped", pattern.Span, pattern.Left.ToString());
                yield return new("pattern dropped", pattern.Span, pattern.Right.ToString());
                break;
            case UnaryPatternSyntax not:
                yield return new("pattern negated", not.Span, not.Pattern.ToString());
                break;
            case SubpatternSyntax
            {
                Parent: PropertyPatternClauseSyntax { Subpatterns: { Count: > 1 } all }
            } one:
                yield return new("pattern dropped", all.FullSpan, Shortened.Without(all, one));
                break;
            case SwitchExpressionArmSyntax
            {
                Parent: SwitchExpressionSyntax { Arms: { Count: > 2 } all },
                Pattern: not DiscardPatternSyntax
            } arm:
                yield return new("case dropped", all.FullSpan, Shortened.Without(all, arm));
                break;
            case SwitchSectionSyntax section:
                yield return new("case dropped", section.Span, "");
                break;
        }
    }
}
