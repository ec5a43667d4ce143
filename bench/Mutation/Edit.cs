using Microsoft.CodeAnalysis.Text;

namespace MMOrleans.Bench.Mutation;

/// <summary>One change of a source text.</summary>
/// <param name="Operator">The kind of change.</param>
/// <param name="Span">What is replaced.</param>
/// <param name="Text">What stands there then.</param>
internal sealed record Edit(string Operator, TextSpan Span, string Text);
