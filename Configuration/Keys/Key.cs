using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using MMOrleans.Configuration.Values;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Keys;

/// <summary>A key of the configuration: what it holds, and which member of the run's record it writes.</summary>
/// <remarks>Its default and its range are the member's own, where the member has them.</remarks>
/// <param name="Path">Such as <c>train.epochs</c>.</param>
/// <param name="BuiltIn">Its default, as it is typed.</param>
/// <param name="Value">What it may hold.</param>
/// <param name="Doc">One line.</param>
internal sealed record Key(string Path, string BuiltIn, SettingValue Value, string Doc)
{
    /// <summary>Flag of train that sets it; null for none.</summary>
    public string? Flag { get; init; }

    /// <summary>When it counts; null for always.</summary>
    public Use? UsedWhen { get; init; }

    /// <summary>What a method's name means by <c>auto</c>; null where a method does not say.</summary>
    public Func<MethodComposition, object>? FromMethod { get; init; }

    /// <summary>A piece of a method: it goes when a stronger source names another method.</summary>
    public bool IsPieceOfMethod { get; init; }

    /// <summary>Writes a value into a run's record; null where it is not part of it.</summary>
    public Func<ResolvedRun, object?, Resolution, ResolvedRun>? Write { get; init; }

    /// <summary>The member that is written, where it is one.</summary>
    public Lens? Lens { get; init; }

    /// <summary>Whether <see cref="BuiltIn"/> is spelled here, rather than the member's own.</summary>
    public bool SpellsItsDefault { get; init; }

    /// <summary>Up to the last dot; empty at the top.</summary>
    public string Section => Path.LastIndexOf('.') is >= 0 and var dot ? Path[..dot] : "";

    /// <summary>After the last dot.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>A key of what determines the numbers.</summary>
    /// <param name="path">Such as <c>train.epochs</c>.</param>
    /// <param name="member">The member of the specification.</param>
    /// <param name="doc">One line.</param>
    /// <param name="value">What it may hold; null where the member's type and range say it.</param>
    /// <param name="builtIn">The default as it is typed; null where the member has it.</param>
    /// <param name="absent">The value that is left out of the record.</param>
    /// <param name="auto">The word <c>auto</c> is a value, and the default.</param>
    /// <param name="example">A value as it is typed; null for the default.</param>
    public static Key Specification<T>(
        string path,
        Expression<Func<RunSpecification, T>> member,
        string doc,
        SettingValue? value = null,
        string? builtIn = null,
        object? absent = null,
        bool auto = false,
        string? example = null
    ) =>
        Of(
            Lens.Of(member, nameof(ResolvedRun.Specification)),
            path,
            doc,
            value,
            builtIn,
            absent,
            auto,
            example
        );

    /// <summary>A key of how a run is carried out.</summary>
    /// <inheritdoc cref="Specification"/>
    public static Key Setting<T>(
        string path,
        Expression<Func<RunSettings, T>> member,
        string doc,
        SettingValue? value = null,
        string? builtIn = null,
        string? example = null
    ) => Of(Lens.Of(member, nameof(ResolvedRun.Settings)), path, doc, value, builtIn, null, false, example);

    /// <summary>A key for the process that begins a run, and of no part of it.</summary>
    /// <inheritdoc cref="Specification"/>
    public static Key Here<T>(
        string path,
        Expression<Func<ResolvedRun, T>> member,
        string doc,
        SettingValue value,
        string? builtIn = null
    ) => Of(Lens.Of(member), path, doc, value, builtIn, null, value.Auto, null);

    /// <summary>A key that writes several members, or one in another form.</summary>
    public static Key Writing(
        string path,
        string builtIn,
        SettingValue value,
        string doc,
        Func<ResolvedRun, object?, Resolution, ResolvedRun>? write
    ) => new(path, builtIn, Exemplified(value, builtIn), doc) { Write = write };

    private static Key Of(
        Lens lens,
        string path,
        string doc,
        SettingValue? given,
        string? builtIn,
        object? absent,
        bool auto,
        string? example
    )
    {
        var member = lens.Member;
        var value = given ?? ValueOf(lens);
        value = value with { Auto = value.Auto || auto, Example = example ?? value.Example };
        var usual = builtIn ?? (value.Auto ? "auto" : value.Write(absent ?? Read(lens.Default())));
        return new(path, usual, Exemplified(value, usual), doc)
        {
            Lens = lens,
            SpellsItsDefault = builtIn is not null,
            Write = (run, said, _) =>
                absent is not null && Equals(said, absent)
                    ? run
                    : lens.Set(run, Converted(said, member.PropertyType)),
        };
    }

    private static SettingValue Exemplified(SettingValue value, string builtIn) =>
        value.Example.Length > 0 ? value : value with { Example = builtIn };

    // Nothing but the member's type and range.
    private static SettingValue ValueOf(Lens lens)
    {
        var type = lens.Member.PropertyType;
        var (min, max, aboveMin, belowMax) = RangeOf(lens);
        var bare = System.Nullable.GetUnderlyingType(type) ?? type;
        SettingValue value =
            bare == typeof(bool) ? new BooleanValue()
            : bare == typeof(int) || bare == typeof(long) ? new IntegerValue((long)min, (long)max)
            : bare == typeof(double) ? new NumberValue(min, max) { AboveMin = aboveMin, BelowMax = belowMax }
            : bare.IsEnum ? new ChoiceValue([.. ChoiceWords.Of(bare)])
            : bare == typeof(TimeSpan) ? new DurationValue()
            : throw new InvalidOperationException($"{lens.Member.Name} needs a value that reads it.");
        return value with { Nullable = bare != type };
    }

    private static (double Min, double Max, bool AboveMin, bool BelowMax) RangeOf(Lens lens) =>
        lens.Member.GetCustomAttributes(typeof(RangeAttribute), false) is [RangeAttribute range]
            ? (
                Convert.ToDouble(range.Minimum, System.Globalization.CultureInfo.InvariantCulture),
                Convert.ToDouble(range.Maximum, System.Globalization.CultureInfo.InvariantCulture),
                range.MinimumIsExclusive,
                range.MaximumIsExclusive
            )
            : (
                0,
                lens.Member.PropertyType == typeof(double) ? double.PositiveInfinity : int.MaxValue,
                false,
                false
            );

    // Between what values are read as and what records hold.
    internal static object? Read(object? member) =>
        member switch
        {
            int number => (long)number,
            Enum choice => choice.Word(),
            _ => member,
        };

    internal static object? Converted(object? value, Type type) =>
        (value, System.Nullable.GetUnderlyingType(type) ?? type) switch
        {
            (long number, var bare) when bare == typeof(int) => (int)number,
            (string word, { IsEnum: true } bare) => ChoiceWords.Read(bare, word),
            _ => value,
        };
}
