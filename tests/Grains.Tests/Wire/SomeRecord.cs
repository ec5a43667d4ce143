using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MMOrleans.Grains.Tests.Wire;

/// <summary>A record of any type in which every member has a value of its own.</summary>
internal sealed class SomeRecord
{
    private int _count;

    public static object Of(Type type) => new SomeRecord().Value(type);

    private object Value(Type type)
    {
        _count++;
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Value(inner);
        if (type == typeof(string))
            return $"text {_count}";
        if (type == typeof(bool))
            return true;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromSeconds(_count + 0.25);
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch.AddSeconds(_count);
        if (type == typeof(JsonElement))
            return JsonSerializer.SerializeToElement(new { value = _count });
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().Last();
        if (type.IsPrimitive)
            return Convert.ChangeType(_count, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsArray)
            return Array(type.GetElementType()!);
        if (type.IsGenericType)
            return Collection(type);
        var kinds = type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).ToList();
        return Record(kinds is [var first, ..] ? first.DerivedType : type);
    }

    private Array Array(Type element)
    {
        var array = System.Array.CreateInstance(element, 2);
        for (var i = 0; i < array.Length; i++)
            array.SetValue(Value(element), i);
        return array;
    }

    private object Collection(Type type)
    {
        var parts = type.GetGenericArguments();
        if (type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return typeof(ImmutableArray)
                .GetMethods()
                .Single(m =>
                    m is { Name: "ToImmutableArray" }
                    && m.GetParameters()[0].ParameterType.Name == "IEnumerable`1"
                )
                .MakeGenericMethod(parts)
                .Invoke(null, [Array(parts[0])])!;
        if (parts.Length == 1)
            return Array(parts[0]);
        var entries = (System.Collections.IDictionary)
            Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(parts))!;
        entries.Add(Value(parts[0]), Value(parts[1]));
        return entries;
    }

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        var record = constructor.Invoke([.. constructor.GetParameters().Select(p => Value(p.ParameterType))]);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
            property.SetValue(record, Value(property.PropertyType));
        return record;
    }
}
