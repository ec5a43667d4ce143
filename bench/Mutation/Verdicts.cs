using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Bench.Mutation;

/// <summary>What a person has found about each survivor, kept in <c>bench/Mutation/verdicts.json</c>.</summary>
internal sealed class Verdicts
{
    private const string File = "bench/Mutation/verdicts.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private readonly Dictionary<string, Group> _of = [];

    public Verdicts(ProtocolSources sources)
    {
        foreach (var group in JsonSerializer.Deserialize<Group[]>(sources.Read(File), Format)!)
        foreach (var mutant in group.Mutants)
            if (!_of.TryAdd(mutant, group))
                throw new InvalidOperationException($"{File} judges a mutant twice: {mutant}");
    }

    /// <summary>Null for a survivor that nobody has looked at.</summary>
    public Group? Of(Mutant mutant) => _of.GetValueOrDefault(mutant.Key);

    /// <summary>Survivors for one reason.</summary>
    /// <param name="Verdict">Of what kind.</param>
    /// <param name="Why">The reason.</param>
    /// <param name="Mutants">Their names.</param>
    internal sealed record Group(Verdict Verdict, string Why, IReadOnlyList<string> Mutants);
}
