using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>A condition that always holds, never holds, or holds when it should not.</summary>
internal static class Conditions
{
    public static IEnumerable<Edit> Of(SyntaxNode node)
    {
        switch (node)
        {
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                yield return new("negation dropped", not.Span, not.Operand.ToString());
                break;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression } literal:
                yield return new("true and false", literal.Span, "false");
                break;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.FalseLiteralExpression } literal:
                yield return new("true and false", literal.Span, "true");
                break;
        }

        if (ConditionOf(node) is not { } condition)
            yield break;
        yield return new("condition negated", condition.Span, $"!({condition})");
        yield return new("condition never holds", condition.Span, $"false && ({condition})");
        yield return new("condition always holds", condition.Span, $"true || ({condition})");
    }

    private static ExpressionSyntax? ConditionOf(SyntaxNode node) =>
        node switch
        {
            IfStatementSyntax conditional => conditional.Condition,
            WhileStatementSyntax loop => loop.Condition,
            ConditionalExpressionSyntax choice => choice.Condition,
            WhenClauseSyntax clause => clause.Condition,
            _ => null,
        };
}
