using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MMOrleans.Configuration.Keys;

/// <summary>A member of a record, such as <c>Specification.Imbalance.HeldOut</c> of a run's: reads it, and writes it into a copy of the record.</summary>
internal sealed class Lens
{
    // What a record's own "with" does: records are shared, so a copy is altered before anybody has it.
    private static readonly MethodInfo Clone = typeof(object).GetMethod(
        nameof(MemberwiseClone),
        BindingFlags.Instance | BindingFlags.NonPublic
    )!;

    private readonly PropertyInfo[] _path;

    private Lens(PropertyInfo[] path) => _path = path;

    /// <summary>The member itself.</summary>
    public PropertyInfo Member => _path[^1];

    /// <summary>The lens of a chain of members.</summary>
    /// <param name="chain">Such as <c>s => s.Imbalance.HeldOut</c>.</param>
    /// <param name="root">Member of the run's record that the chain begins at; null for the record itself.</param>
    public static Lens Of<TRecord, TMember>(Expression<Func<TRecord, TMember>> chain, string? root = null)
    {
        List<PropertyInfo> path = [];
        for (var at = chain.Body; at is not ParameterExpression; at = ((MemberExpression)at).Expression!)
            path.Insert(
                0,
                at is MemberExpression { Member: PropertyInfo property }
                    ? property
                    : throw new ArgumentException($"{chain} is not a chain of members.", nameof(chain))
            );
        if (root is not null)
            path.Insert(0, typeof(ResolvedRun).GetProperty(root)!);
        return new([.. path]);
    }

    /// <summary>The member's value in a record where it was not set.</summary>
    public object? Default()
    {
        var record = Activator.CreateInstance(Member.ReflectedType!)!;
        return Member.GetValue(record);
    }

    /// <summary>A record with nothing but its own defaults; records that it cannot be without are begun too.</summary>
    public static T Blank<T>() => (T)Blank(typeof(T));

    /// <summary>A copy with another value; records on the way that are null are begun anew.</summary>
    public TRecord Set<TRecord>(TRecord record, object? value)
        where TRecord : class => (TRecord)Replace(record, typeof(TRecord), 0, value);

    private static object Blank(Type type)
    {
        var record = Activator.CreateInstance(type)!;
        foreach (var member in type.GetProperties())
            if (
                member.IsDefined(typeof(RequiredMemberAttribute))
                && member.PropertyType is { IsClass: true } inner
                && inner.GetConstructor(Type.EmptyTypes) is not null
            )
                member.SetValue(record, Blank(inner));
        return record;
    }

    private object Replace(object? owner, Type type, int depth, object? value)
    {
        var copy = owner is null ? Activator.CreateInstance(type)! : Clone.Invoke(owner, null)!;
        var member = _path[depth];
        member.SetValue(
            copy,
            depth == _path.Length - 1
                ? value
                : Replace(member.GetValue(copy), member.PropertyType, depth + 1, value)
        );
        return copy;
    }
}
