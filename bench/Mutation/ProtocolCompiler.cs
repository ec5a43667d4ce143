using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace MMOrleans.Bench.Mutation;

/// <summary>Compiles the protocol and its simulation into one assembly, as they are or with one bug.</summary>
/// <remarks>What is compiled here takes the place of what MMOrleans.Grains holds under the same name; everything else is used as it was built.</remarks>
internal sealed class ProtocolCompiler
{
    /// <summary>A friend of MMOrleans.Grains.</summary>
    public const string AssemblyName = "MMOrleans.Bench.Mutant";

    // As the SDKs of the compiled projects have it.
    private const string Usings = """
        global using Orleans;
        global using Orleans.Hosting;
        global using Orleans.Runtime;
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private readonly Dictionary<string, SyntaxTree> _trees;
    private readonly CSharpCompilation _unchanged;
    private readonly Lazy<byte[]> _itself;

    public ProtocolCompiler(ProtocolSources sources)
    {
        _trees = sources.All.ToDictionary(
            path => path,
            path => CSharpSyntaxTree.ParseText(SourceText.From(sources.Read(path)), Parsing, path)
        );
        _unchanged = CSharpCompilation.Create(
            AssemblyName,
            [CSharpSyntaxTree.ParseText(Usings, Parsing), .. _trees.Values],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(file => Path.GetFileNameWithoutExtension(file) != "MMOrleans.Bench")
                .Select(file => MetadataReference.CreateFromFile(file)),
            new(
                OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release,
                generalDiagnosticOption: ReportDiagnostic.Suppress,
                nullableContextOptions: NullableContextOptions.Enable,
                concurrentBuild: false,
                deterministic: true
            )
        );
        _itself = new(() =>
            Emit(_unchanged, out var errors)
            ?? throw new InvalidOperationException(
                $"The protocol does not compile beside its simulation; the first errors:\n{string.Join('\n', errors.Take(10))}"
            )
        );
    }

    /// <summary>The sources that bugs are planted in.</summary>
    public IEnumerable<SyntaxTree> Planted =>
        _trees.Where(tree => ProtocolSources.IsPlanted(tree.Key)).Select(tree => tree.Value);

    /// <summary>The assembly with a bug; null where that does not compile.</summary>
    public byte[]? Compile(Mutant mutant)
    {
        var tree = _trees[mutant.File];
        var text = tree.GetText().WithChanges(new TextChange(mutant.Edit.Span, mutant.Edit.Text));
        return Emit(_unchanged.ReplaceSyntaxTree(tree, tree.WithChangedText(text)), out _);
    }

    /// <summary>Whether a bug can stand beside others in one assembly.</summary>
    public bool IsInBody(Mutant mutant) => Schemata.Holds(_trees[mutant.File], mutant);

    /// <summary>Whether a mutant compiles to the protocol itself.</summary>
    public bool IsTheSame(Mutant mutant) =>
        Compile(mutant) is { } assembly && assembly.AsSpan().SequenceEqual(_itself.Value);

    /// <summary>One assembly with many bugs, none of them active by itself.</summary>
    /// <param name="mutants">By number, from 1.</param>
    /// <param name="left">Those that it holds: the others do not compile, or are in no body.</param>
    public byte[] Compile(IReadOnlyDictionary<int, Mutant> mutants, out IReadOnlySet<int> left)
    {
        var kept = mutants
            .Where(m => Schemata.Holds(_trees[m.Value.File], m.Value))
            .ToDictionary(m => m.Key, m => m.Value);
        while (true)
        {
            var compilation = _unchanged;
            foreach (var of in kept.GroupBy(m => m.Value.File))
            {
                var tree = _trees[of.Key];
                compilation = compilation.ReplaceSyntaxTree(
                    tree,
                    tree.WithChangedText(
                        Schemata.Write(tree, of.OrderBy(m => m.Key).Select(m => (m.Key, m.Value)))
                    )
                );
            }

            if (Emit(compilation, out var errors) is { } assembly)
            {
                left = kept.Keys.ToHashSet();
                return assembly;
            }

            var wrong = errors
                .Select(e => Schemata.NumberAt(e.Location.SourceTree!.GetText(), e.Location.SourceSpan.Start))
                .ToHashSet();
            if (!wrong.Any(kept.Remove))
                throw new InvalidOperationException(
                    $"What is as it was does not compile among mutants: {errors[0]}"
                );
            foreach (var number in wrong)
                kept.Remove(number);
        }
    }

    /// <summary>A bug that was thought up: its text stands once in its source.</summary>
    public Mutant Named(string name, string file, string before, string after)
    {
        var source = _trees[file];
        var text = source.ToString();
        var start = text.IndexOf(before, StringComparison.Ordinal);
        if (start < 0 || start != text.LastIndexOf(before, StringComparison.Ordinal))
            throw new InvalidOperationException(
                $"The named bug '{name}' wants text that {file} does not hold once: {before}"
            );
        var span = new TextSpan(start, before.Length);
        var node = source.GetRoot().FindNode(span);
        return Mutants.Of(source, node, new("named", span, after)) with
        {
            Before = name,
            After = Mutants.OneLine(after),
        };
    }

    private static byte[]? Emit(CSharpCompilation compilation, out IReadOnlyList<Diagnostic> errors)
    {
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        errors = [.. result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];
        return result.Success ? assembly.ToArray() : null;
    }
}
