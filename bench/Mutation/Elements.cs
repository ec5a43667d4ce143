using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>One of several left out: an effect of a decision, a member of a record, an element of a list.</summary>
internal static class Elements
{
    public static IEnumerable<Edit> Of(SyntaxNode node)
    {
        switch (node)
        {
            case CollectionElementSyntax { Parent: CollectionExpressionSyntax { Elements: var all } } element:
                yield return new("element left out", all.FullSpan, Shortened.Without(all, element));
                break;
            case ExpressionSyntax { Parent: InitializerExpressionSyntax { Expressions: var all } } one:
                yield return new("member left out", all.FullSpan, Shortened.Without(all, one));
                break;
        }
    }
}
