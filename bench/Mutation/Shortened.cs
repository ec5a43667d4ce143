using Microsoft.CodeAnalysis;

namespace MMOrleans.Bench.Mutation;

/// <summary>A list in the source with one of its parts left out.</summary>
internal static class Shortened
{
    public static string Without<T>(SeparatedSyntaxList<T> all, T one)
        where T : SyntaxNode => string.Join(", ", all.Where(part => part != one));
}
