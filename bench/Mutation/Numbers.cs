using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>Off by one, the wrong way round, or not counted.</summary>
internal static class Numbers
{
    private static readonly Dictionary<SyntaxKind, string[]> Instead = new()
    {
        [SyntaxKind.LessThanToken] = ["<=", ">"],
        [SyntaxKind.LessThanEqualsToken] = ["<", ">="],
        [SyntaxKind.GreaterThanToken] = [">=", "<"],
        [SyntaxKind.GreaterThanEqualsToken] = [">", "<="],
        [SyntaxKind.EqualsEqualsToken] = ["!="],
        [SyntaxKind.ExclamationEqualsToken] = ["=="],
        [SyntaxKind.PlusToken] = ["-"],
        [SyntaxKind.MinusToken] = ["+"],
        [SyntaxKind.AsteriskToken] = ["/"],
        [SyntaxKind.SlashToken] = ["*"],
        [SyntaxKind.PlusEqualsToken] = ["-=", "="],
        [SyntaxKind.MinusEqualsToken] = ["+=", "="],
        [SyntaxKind.QuestionQuestionEqualsToken] = ["="],
    };

    public static IEnumerable<Edit> Of(SyntaxNode node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax two:
                foreach (var other in Instead.GetValueOrDefault(two.OperatorToken.Kind(), []))
                    yield return new(Name(two.OperatorToken), two.OperatorToken.Span, other);
                if (two.OperatorToken.Kind() is SyntaxKind.PlusToken or SyntaxKind.MinusToken && !IsText(two))
                    yield return new("term dropped", two.Span, two.Left.ToString());
                break;
            case RelationalPatternSyntax relation:
                foreach (var other in Instead.GetValueOrDefault(relation.OperatorToken.Kind(), []))
                    yield return new(Name(relation.OperatorToken), relation.OperatorToken.Span, other);
                break;
            case AssignmentExpressionSyntax assignment:
                foreach (var other in Instead.GetValueOrDefault(assignment.OperatorToken.Kind(), []))
                    yield return new(Name(assignment.OperatorToken), assignment.OperatorToken.Span, other);
                break;
            case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } step:
                yield return new("counts down", step.OperatorToken.Span, "--");
                break;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NumericLiteralExpression } number
                when number.Token.Value is int value:
                yield return new(
                    "off by one",
                    number.Span,
                    (value + 1).ToString(CultureInfo.InvariantCulture)
                );
                if (value > 0)
                    yield return new(
                        "off by one",
                        number.Span,
                        (value - 1).ToString(CultureInfo.InvariantCulture)
                    );
                break;
        }
    }

    private static bool IsText(BinaryExpressionSyntax sum) =>
        sum.DescendantNodes()
            .Any(part =>
                part.RawKind
                    is (int)SyntaxKind.StringLiteralExpression
                        or (int)SyntaxKind.InterpolatedStringExpression
            );

    private static string Name(SyntaxToken token) =>
        token.Kind() switch
        {
            SyntaxKind.EqualsEqualsToken or SyntaxKind.ExclamationEqualsToken => "equality turned",
            SyntaxKind.LessThanToken
            or SyntaxKind.LessThanEqualsToken
            or SyntaxKind.GreaterThanToken
            or SyntaxKind.GreaterThanEqualsToken => "comparison changed",
            SyntaxKind.QuestionQuestionEqualsToken => "set again",
            _ => "arithmetic changed",
        };
}
