using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>A step forgotten: a call, an assignment, a way out, a loop that ends too early.</summary>
internal static class Steps
{
    public static IEnumerable<Edit> Of(SyntaxNode node)
    {
        switch (node)
        {
            case ExpressionStatementSyntax step:
                yield return new(
                    step.Expression is AssignmentExpressionSyntax ? "assignment forgotten" : "call forgotten",
                    step.Span,
                    ";"
                );
                break;
            case ArgumentSyntax
            {
                Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } tuple
            } part when tuple == assignment.Left:
                yield return new("assignment forgotten", part.Span, "_");
                break;
            case ReturnStatementSyntax { Expression: null }
            or ContinueStatementSyntax
            or BreakStatementSyntax when node.Parent is not SwitchSectionSyntax:
                yield return new("way out forgotten", node.Span, ";");
                break;
            case ForEachStatementSyntax loop:
                yield return new("only the first", loop.Statement.Span, $"{{ {loop.Statement} break; }}");
                break;
            case ReturnStatementSyntax { Expression: { } value }:
                yield return new("nothing returned", value.Span, "default!");
                break;
            case ArrowExpressionClauseSyntax arrow:
                yield return new("nothing returned", arrow.Expression.Span, "default!");
                break;
            case SwitchExpressionArmSyntax arm:
                yield return new("nothing returned", arm.Expression.Span, "default!");
                break;
        }
    }
}
