using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MMOrleans.Bench.Mutation;

/// <summary>The wrong one chosen, the wrong order, a filter forgotten.</summary>
internal static class Sequences
{
    private static readonly Dictionary<string, string> Instead = new()
    {
        ["Any"] = "All",
        ["All"] = "Any",
        ["Clamp"] = "Min",
        ["ExceptWith"] = "UnionWith",
        ["First"] = "Last",
        ["FirstOrDefault"] = "LastOrDefault",
        ["Last"] = "First",
        ["LastOrDefault"] = "FirstOrDefault",
        ["Max"] = "Min",
        ["MaxBy"] = "MinBy",
        ["Min"] = "Max",
        ["MinBy"] = "MaxBy",
        ["OrderBy"] = "OrderByDescending",
        ["OrderByDescending"] = "OrderBy",
        ["ThenBy"] = "ThenByDescending",
        ["ThenByDescending"] = "ThenBy",
        ["UnionWith"] = "IntersectWith",
    };

    private static readonly string[] Dropped =
    [
        "Append",
        "Concat",
        "Distinct",
        "Except",
        "Intersect",
        "Order",
        "OrderBy",
        "OrderByDescending",
        "Reverse",
        "Skip",
        "Take",
        "ThenBy",
        "ThenByDescending",
        "Union",
        "Where",
    ];

    public static IEnumerable<Edit> Of(SyntaxNode node)
    {
        if (
            node
            is not InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name: { Identifier.Text: var name } method } call
            } invocation
        )
            yield break;
        if (Instead.TryGetValue(name, out var other))
            yield return new("another one chosen", method.Identifier.Span, other);
        if (Dropped.Contains(name))
            yield return new("filter or order dropped", invocation.Span, call.Expression.ToString());
    }
}
