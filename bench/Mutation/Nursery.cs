using System.IO.Hashing;
using System.Text;

namespace MMOrleans.Bench.Mutation;

/// <summary>Draws mutants and compiles them into one assembly, until there are as many as are wanted.</summary>
/// <remarks>Those that are in no body, a constant or what a field begins with, get an assembly of their own.</remarks>
internal sealed class Nursery(ProtocolCompiler compiler, MutationOptions options)
{
    /// <summary>Mutants that were drawn and do not compile.</summary>
    public int NotCompiling { get; private set; }

    /// <summary>Mutants that the syntax gives.</summary>
    public int Candidates { get; private set; }

    /// <summary>Those in one assembly, by number.</summary>
    public IReadOnlyDictionary<int, Mutant> Together { get; private set; } = new Dictionary<int, Mutant>();

    /// <summary>Those with an assembly of their own.</summary>
    public IReadOnlyList<(Mutant Mutant, byte[] Assembly)> Alone { get; private set; } = [];

    /// <returns>The assembly with <see cref="Together"/>.</returns>
    public byte[] Grow()
    {
        var named = NamedBugs.In(compiler).Where(IsWanted).ToList();
        var drawn = compiler.Planted.SelectMany(Mutants.Of).Where(IsWanted).OrderBy(Lot).ToList();
        Candidates = drawn.Count;
        var wanted = Math.Min(options.Mutants, drawn.Count);
        // About one in three does not compile.
        var lot = named.Concat(drawn.Take(2 * wanted)).ToList();
        var numbers = Enumerable.Range(1, lot.Count).ToDictionary(n => n, n => lot[n - 1]);
        var assembly = compiler.Compile(numbers, out var left);
        var chosen = numbers
            .Where(m => left.Contains(m.Key) || !compiler.IsInBody(m.Value))
            .OrderBy(m => m.Key);
        Dictionary<int, Mutant> together = [];
        List<(Mutant, byte[])> alone = [];
        var count = 0;
        foreach (var (number, mutant) in chosen)
        {
            if (count == wanted + named.Count)
                break;
            if (left.Contains(number))
                together.Add(number, mutant);
            else if (compiler.Compile(mutant) is { } own)
                alone.Add((mutant, own));
            else
                continue;
            count++;
        }

        NotCompiling = lot.Count - left.Count - alone.Count;
        (Together, Alone) = (together, alone);
        var lost = named.Except(together.Values).Except(alone.Select(a => a.Item1)).FirstOrDefault();
        return lost is null
            ? assembly
            : throw new InvalidOperationException(
                $"A named bug does not compile: put it right in NamedBugs. {lost.Key}"
            );
    }

    private bool IsWanted(Mutant mutant) =>
        options.Only is null || mutant.Key.Contains(options.Only, StringComparison.Ordinal);

    /// <summary>By its name alone: whoever stays in the code stays in the sample.</summary>
    private ulong Lot(Mutant mutant) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(mutant.Key), options.Seed);
}
